import { InMemoryLookupKB } from "./in-memory-lookup-kb.js";
import { columnsOf, type KbColumns, partsOf } from "./kb-parts.js";
import { readRange } from "./read-range.js";

/** A knowledge base in memory that threads share. It can be posted as it is. */
export interface SharedKb {
  readonly columns: KbColumns;
  readonly hash: string | undefined;
}

/** Copies a knowledge base, its vectors and indices too, into shared memory; descriptions that are in a file stay there. */
export function shareKb(kb: InMemoryLookupKB): SharedKb {
  return { columns: shared(columnsOf(kb.toParts())), hash: kb.hash };
}

/** A knowledge base over shared memory: to be read, never to be changed. */
export function openShared({ columns, hash }: SharedKb): InMemoryLookupKB {
  const { vectorLength: entityVectorLength } = columns.entities;
  return new InMemoryLookupKB({ entityVectorLength }).fromParts(partsOf(columns, readRange), hash);
}

/** The bytes of all that is shared, by name, such as "entities/freqs". */
export function sharedBytes({ columns }: SharedKb): Map<string, Uint8Array> {
  const bytes = new Map<string, Uint8Array>();
  const visit = (value: unknown, name: string): void => {
    if (ArrayBuffer.isView(value)) {
      bytes.set(name, new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
    } else if (typeof value === "object" && value !== null) {
      for (const [key, item] of Object.entries(value)) visit(item, name === "" ? key : `${name}/${key}`);
    }
  };
  visit(columns, "");
  return bytes;
}

type NumberArray = Uint8Array | Int8Array | Uint16Array | Int32Array | Uint32Array | Float32Array;

/** The same with each typed array, however deep, in shared memory. */
function shared<T>(value: T): T {
  if (ArrayBuffer.isView(value)) return sharedArray(value as unknown as NumberArray) as T;
  if (Array.isArray(value) || typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shared(item)])) as T;
}

function sharedArray(array: NumberArray): NumberArray {
  const Type = array.constructor as new (buffer: SharedArrayBuffer) => NumberArray;
  const copy = new Type(new SharedArrayBuffer(array.byteLength));
  copy.set(array);
  return copy;
}
