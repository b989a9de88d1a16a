import { createRequire } from "node:module";
import type { SingleBar } from "cli-progress";

/** A bar on a terminal's stderr; elsewhere it keeps silent. */
export interface Progress {
  update(done: number, total: number, note?: string): void;
  /** Takes the bar away, so that a line can be printed. */
  clear(): void;
}

/** Of CommonJS: loads what few commands come to need, at once. */
const require = createRequire(import.meta.url);

const SHOW_AFTER_MS = 2000;

/** A progress bar that appears once the work has taken two seconds. */
export function makeProgress(label: string): Progress {
  if (!process.stderr.isTTY) return { update: () => {}, clear: () => {} };
  const started = Date.now();
  let bar: SingleBar | undefined;
  return {
    update(done, total, note = "") {
      if (!bar && Date.now() - started < SHOW_AFTER_MS) return;
      if (!bar) {
        const { Presets, SingleBar } = require("cli-progress") as typeof import("cli-progress");
        bar = new SingleBar(
          {
            format: `${label} {bar} {percentage}% {note} ETA {eta_formatted}`,
            stream: process.stderr,
            clearOnComplete: true,
          },
          Presets.shades_classic,
        );
        bar.start(total, done, { note });
        const shown = bar;
        process.once("exit", () => shown.stop()); // gives the terminal its cursor and line wrap back
      }
      bar.setTotal(total);
      bar.update(done, { note });
    },
    clear() {
      bar?.stop();
      bar = undefined;
    },
  };
}

/** One line of talk. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** A signal that Ctrl-C and SIGTERM trigger; a second one ends the process at once. */
export function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => controller.abort());
  return controller.signal;
}
