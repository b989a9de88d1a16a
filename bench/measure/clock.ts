import { PerformanceObserver } from "node:perf_hooks";

/** What was spent from a moment on. */
export interface Spent {
  /** Of all threads of the process. */
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
}

/** Starts a clock; asked, it says what was spent since. */
export function startClock(): () => Spent {
  const cpu = process.cpuUsage();
  const wall = performance.now();
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return { cpuSeconds: (user + system) / 1e6, wallSeconds: (performance.now() - wall) / 1000 };
  };
}

/** Seconds in which the main thread stood still for garbage collection, from now on. */
export function watchCollector(): () => number {
  let milliseconds = 0;
  const add = (entries: readonly { readonly duration: number }[]): void => {
    for (const { duration } of entries) milliseconds += duration;
  };
  const observer = new PerformanceObserver((list) => add(list.getEntries()));
  observer.observe({ entryTypes: ["gc"] });
  return () => {
    add(observer.takeRecords());
    return milliseconds / 1000;
  };
}
