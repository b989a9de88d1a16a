/** Load on a server, and what it takes. */
import { Agent } from "node:http";
import { performance } from "node:perf_hooks";
import { ask } from "./ask.js";
import { failures } from "./report.js";
import type { Running } from "./running.js";

export interface Load {
  /** Requests, sent in turn. */
  readonly bodies: readonly string[];
  /** Documents of each. @default 1 */
  readonly documents?: number;
  readonly connections: number;
  /** How many requests. */
  readonly count: number;
}

export interface Measured {
  /** Milliseconds of each request whose documents were linked. */
  readonly times: readonly number[];
  /** Documents that were linked. */
  readonly documents: number;
  /** Requests that were told to come back. */
  readonly refused: number;
  readonly seconds: number;
  /** Of the server process. */
  readonly cpuSeconds: number;
}

export async function putLoad(server: Running, load: Load): Promise<Measured> {
  const { bodies, documents = 1, connections, count } = load;
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const times: number[] = [];
  let next = 0;
  let refused = 0;
  const client = async (): Promise<void> => {
    while (next < count) {
      const body = bodies[next++ % bodies.length] as string;
      const begun = performance.now();
      const { status } = await ask(`${server.url}/link`, agent, body);
      if (status === 200) times.push(performance.now() - begun);
      else if (status === 503) refused++;
      else failures.push(`a good request was answered ${status}`);
    }
  };
  const cpuBegun = server.cpuSeconds();
  const begun = performance.now();
  await Promise.all(Array.from({ length: connections }, client));
  const seconds = (performance.now() - begun) / 1000;
  const cpuSeconds = server.cpuSeconds() - cpuBegun;
  agent.destroy();
  return { times, documents: documents * times.length, refused, seconds, cpuSeconds };
}

/** Several runs as one. */
export function together(runs: readonly Measured[]): Measured {
  const sum = (key: "documents" | "refused" | "seconds" | "cpuSeconds"): number =>
    runs.reduce((total, one) => total + one[key], 0);
  return {
    times: runs.flatMap(({ times }) => times),
    documents: sum("documents"),
    refused: sum("refused"),
    seconds: sum("seconds"),
    cpuSeconds: sum("cpuSeconds"),
  };
}

export interface Figures {
  /** Documents. */
  readonly perSecond: number;
  /** Milliseconds of a request. */
  readonly p50: number;
  readonly p99: number;
  /** CPU-seconds of the server for 1,000 documents: what other work on the machine hardly changes. */
  readonly cpuPer1000: number;
}

export function figuresOf({ times, documents, seconds, cpuSeconds }: Measured): Figures {
  const sorted = times.toSorted((a, b) => a - b);
  const quantile = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
  return {
    perSecond: documents / seconds,
    p50: quantile(0.5),
    p99: quantile(0.99),
    cpuPer1000: (1000 * cpuSeconds) / documents,
  };
}

export function describe(measured: Measured): string {
  const { perSecond, p50, p99, cpuPer1000 } = figuresOf(measured);
  const refused = measured.refused > 0 ? `, ${measured.refused} told to come back` : "";
  return (
    `${perSecond.toFixed(0).padStart(5)} documents/s, p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, ` +
    `${cpuPer1000.toFixed(2)} CPU-seconds for 1,000 documents${refused}`
  );
}
