import type { FastifyInstance } from "fastify";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/** What `/metrics` tells, in Prometheus' terms. */
export interface Metrics {
  readonly registry: Registry;
  readonly requests: Histogram<"method" | "route" | "status">;
  readonly documents: Counter;
  readonly workersReplaced: Counter;
  /** Makes the gauges tell how the pool is now. */
  watch(pool: { readonly alive: number; readonly waiting: number }): void;
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export function makeMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    requests: new Histogram({
      name: "linkwright_request_seconds",
      help: "Time from a request's headers to the end of its answer",
      labelNames: ["method", "route", "status"],
      buckets: SECONDS,
      registers,
    }),
    documents: new Counter({ name: "linkwright_documents_total", help: "Documents linked", registers }),
    workersReplaced: new Counter({
      name: "linkwright_workers_replaced_total",
      help: "Threads that died or were too slow, and were replaced",
      registers,
    }),
    watch(pool) {
      const gauge = (name: string, help: string, read: () => number): void => {
        new Gauge({
          name,
          help,
          registers,
          collect() {
            this.set(read());
          },
        });
      };
      gauge("linkwright_workers", "Threads that can link", () => pool.alive);
      gauge("linkwright_waiting_jobs", "Jobs that wait for a thread", () => pool.waiting);
    },
  };
}

/** Measures every request, by route, not by path: paths may be without end. */
export function countRequests(app: FastifyInstance, { requests }: Metrics): void {
  app.addHook("onResponse", (request, reply, done) => {
    const { method, routeOptions } = request;
    const labels = { method, route: routeOptions.url ?? "none", status: String(reply.statusCode) };
    requests.observe(labels, reply.elapsedTime / 1000);
    done();
  });
}
