import type { TextCandidate } from "../kb/text-candidate.js";

/** What a wiki answered about a mention; no candidates are an answer too. */
export interface CachedCandidates {
  /** When it was asked, in milliseconds since 1970. */
  readonly time: number;
  readonly candidates: readonly TextCandidate[];
}

/** Keeps answers; keys tell wiki, settings and mention, values are plain JSON. */
export interface CandidateCache {
  /** Older answers count as not there, in milliseconds. @default as long as `mediaWiki` says */
  readonly maxAgeMs?: number | undefined;
  get(key: string): CachedCandidates | undefined | Promise<CachedCandidates | undefined>;
  set(key: string, answer: CachedCandidates): void | Promise<void>;
}

/** Whether an answer is as young as asked for; one from the future is as old as it is early. */
export function isFresh({ time }: CachedCandidates, maxAgeMs: number, now: number): boolean {
  return Math.abs(now - time) <= maxAgeMs;
}

/** Whether a value that was stored is whole. */
export function isCachedCandidates(value: unknown): value is CachedCandidates {
  const { time, candidates } = (value ?? {}) as Partial<Record<string, unknown>>;
  return Number.isFinite(time) && Array.isArray(candidates) && candidates.every(isCandidate);
}

function isCandidate(value: unknown): boolean {
  const { id, title, url, text } = (value ?? {}) as Partial<Record<string, unknown>>;
  return [id, title, url, text].every((field) => typeof field === "string");
}
