import { createHash, randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { linkwrightError } from "../errors.js";
import { checkOptions } from "../known-options.js";
import {
  type CachedCandidates,
  type CandidateCache,
  isCachedCandidates,
  isFresh,
} from "./candidate-cache.js";
import { Gate } from "./gate.js";

export interface FileCacheOptions {
  /** Older answers count as not there, in milliseconds. @default as long as `mediaWiki` says, 30 days unless told */
  readonly maxAgeMs?: number | undefined;
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: (() => number) | undefined;
}

export interface FileCache extends CandidateCache {
  get(key: string): Promise<CachedCandidates | undefined>;
  set(key: string, answer: CachedCandidates): Promise<void>;
  /** Removes what is older than `maxAgeMs`, damaged, or was left half written; gives how many files. @throws L811 */
  prune(): Promise<number>;
}

/** Files that are open at once; processes may have about a thousand. */
const OPEN_FILES = 16;
/** A file that was begun so long ago belongs to a process that is no more. */
const HALF_WRITTEN_MS = 3_600_000;
const OWN_FILE = /^[0-9a-f]{40}\.json(\.[0-9a-f]{16}\.tmp)?$/;
const OWN_FOLDER = /^[0-9a-f]{2}$/;

/**
 * Keeps answers in a folder, a file an answer, each written beside its place and then renamed: any number of processes
 * may share the folder, and one that is killed leaves nothing half. What is damaged counts as not there.
 *
 *     const wiki = mediaWiki({ cache: fileCache("wiki-cache", { maxAgeMs: 7 * 86_400_000 }) });
 *
 * Its methods throw L811 where the folder can't be read or written.
 * @throws L001, L802
 */
export function fileCache(folder: string, options: FileCacheOptions = {}): FileCache {
  checkOptions("fileCache", options, ["maxAgeMs", "now"]);
  const { maxAgeMs } = options;
  if (maxAgeMs !== undefined && !(maxAgeMs >= 0)) {
    throw linkwrightError("L802", {
      name: "maxAgeMs",
      found: String(maxAgeMs),
      expected: "a number, 0 or more",
    });
  }
  return new FolderCache(folder, options);
}

class FolderCache implements FileCache {
  readonly maxAgeMs: number | undefined;
  private readonly now: () => number;
  private readonly gate = new Gate(OPEN_FILES);

  constructor(
    private readonly folder: string,
    { maxAgeMs, now = Date.now }: FileCacheOptions,
  ) {
    this.maxAgeMs = maxAgeMs;
    this.now = now;
  }

  async get(key: string): Promise<CachedCandidates | undefined> {
    const { folder, name } = this.placeOf(key);
    const text = await this.gate.run(() => this.orRefuse(readFile(join(folder, name), "utf8"), undefined));
    const stored = text === undefined ? undefined : storedIn(text);
    return stored?.key === key && this.isFresh(stored.answer) ? stored.answer : undefined;
  }

  async set(key: string, answer: CachedCandidates): Promise<void> {
    const { folder, name } = this.placeOf(key);
    const fresh = join(folder, `${name}.${randomBytes(8).toString("hex")}.tmp`);
    const text = JSON.stringify({ key, ...answer });
    const write = async (): Promise<void> => {
      await mkdir(folder, { recursive: true });
      await writeFile(fresh, text);
      await rename(fresh, join(folder, name));
    };
    await this.gate.run(write).catch(async (error: Error) => {
      await rm(fresh, { force: true }).catch(() => undefined);
      throw this.refusal(error);
    });
  }

  async prune(): Promise<number> {
    let removed = 0;
    for (const folder of (await this.orRefuse(readdir(this.folder), [])).filter((name) =>
      OWN_FOLDER.test(name),
    )) {
      const at = join(this.folder, folder);
      for (const name of (await this.orRefuse(readdir(at), [])).filter((name) => OWN_FILE.test(name))) {
        if (!(await this.isDone(join(at, name)))) continue;
        await this.orRefuse(rm(join(at, name), { force: true }), undefined);
        removed++;
      }
    }
    return removed;
  }

  /** Whether nobody needs a file any more. */
  private async isDone(path: string): Promise<boolean> {
    if (path.endsWith(".tmp")) {
      const status = await this.orRefuse(stat(path), undefined);
      return status !== undefined && this.now() - status.mtimeMs > HALF_WRITTEN_MS;
    }
    const text = await this.orRefuse(readFile(path, "utf8"), undefined);
    if (text === undefined) return false;
    const stored = storedIn(text);
    return !stored || !this.isFresh(stored.answer);
  }

  private isFresh(answer: CachedCandidates): boolean {
    return this.maxAgeMs === undefined || isFresh(answer, this.maxAgeMs, this.now());
  }

  /** A hash as a name: keys hold any character, and no folder gets too many files. */
  private placeOf(key: string): { folder: string; name: string } {
    const hash = createHash("sha256").update(key).digest("hex").slice(0, 40);
    return { folder: join(this.folder, hash.slice(0, 2)), name: `${hash}.json` };
  }

  /** What a file operation gives, or what stands for "not there". @throws L811 */
  private orRefuse<T, N>(operation: Promise<T>, notThere: N): Promise<T | N> {
    return operation.catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return notThere;
      throw this.refusal(error);
    });
  }

  private refusal(error: Error): Error {
    return linkwrightError("L811", { folder: this.folder, why: error.message }, error);
  }
}

function storedIn(text: string): { key: unknown; answer: CachedCandidates } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (!isCachedCandidates(value)) return undefined;
    const { key, time, candidates } = value as CachedCandidates & { key?: unknown };
    return { key, answer: { time, candidates } };
  } catch {
    return undefined;
  }
}
