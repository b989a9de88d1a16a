import { createHash, randomBytes } from "node:crypto";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

const KINDS = { Float32Array, Int32Array, Uint8Array } as const;
type Kind = keyof typeof KINDS;

export type NumberArray = Float32Array | Int32Array | Uint8Array;

/** Arrays of numbers by name, and what is to be said of them: anything that JSON can write. */
export interface ArrayFile<Facts> {
  readonly facts: Facts;
  readonly arrays: ReadonlyMap<string, NumberArray>;
}

interface Header {
  readonly facts: unknown;
  readonly arrays: readonly (readonly [name: string, kind: Kind, length: number])[];
}

const HASH_BYTES = 32;
const ALIGNMENT = 8;

/**
 * Writes a file whole or not at all: eight bytes of the header's length, the header as JSON, the arrays, each from a
 * multiple of eight bytes on, and the SHA-256 of all that. Arrays go to the file as they lie in memory.
 */
export async function writeArrays<Facts>(path: string, { facts, arrays }: ArrayFile<Facts>): Promise<void> {
  const shapes = Array.from(arrays, ([name, array]) => [name, kindOf(array), array.length] as const);
  const text = new TextEncoder().encode(JSON.stringify({ facts, arrays: shapes } satisfies Header));
  const length = new Uint8Array(new Float64Array([text.length]).buffer);
  const hash = createHash("sha256");
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${randomBytes(4).toString("hex")}.tmp`;
  try {
    const file = await open(temporary, "wx");
    try {
      for (const part of [length, text, ...arrays.values()]) {
        for (const bytes of [bytesOf(part), new Uint8Array(padding(part.byteLength))]) {
          hash.update(bytes);
          await file.writeFile(bytes);
        }
      }
      await file.writeFile(hash.digest());
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined); // must not hide why
    throw error;
  }
}

/** Reads a file of {@link writeArrays}; the arrays are views of its bytes. @throws Error damaged, cut short, or another file */
export async function readArrays<Facts>(path: string): Promise<ArrayFile<Facts>> {
  const { buffer, byteOffset, byteLength } = await readFile(path);
  if (byteOffset % ALIGNMENT !== 0 || byteLength < ALIGNMENT + HASH_BYTES) throw new Error("it is cut short");
  const end = byteLength - HASH_BYTES;
  const hash = createHash("sha256")
    .update(new Uint8Array(buffer, byteOffset, end))
    .digest();
  if (hash.compare(new Uint8Array(buffer, byteOffset + end, HASH_BYTES)) !== 0)
    throw new Error("it is damaged");
  const [length = 0] = new Float64Array(buffer, byteOffset, 1);
  const text = new Uint8Array(buffer, byteOffset + ALIGNMENT, length);
  const header = JSON.parse(new TextDecoder().decode(text)) as Header;
  const arrays = new Map<string, NumberArray>();
  let at = byteOffset + ALIGNMENT + length + padding(length);
  for (const [name, kind, size] of header.arrays) {
    const array = new KINDS[kind](buffer as ArrayBuffer, at, size);
    arrays.set(name, array);
    at += array.byteLength + padding(array.byteLength);
  }
  return { facts: header.facts as Facts, arrays };
}

function kindOf(array: NumberArray): Kind {
  return array.constructor.name as Kind;
}

function bytesOf({ buffer, byteOffset, byteLength }: NumberArray): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function padding(length: number): number {
  return (ALIGNMENT - (length % ALIGNMENT)) % ALIGNMENT;
}
