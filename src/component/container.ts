import { createHash } from "node:crypto";
import { linkwrightError } from "../errors.js";

/**
 * Named files as one run of bytes: magic, version (uint32, little-endian), sha256 of all that follows, length of the
 * header (uint32), header (JSON: names and lengths), contents.
 */
const MAGIC = 0x43454c57; // "WLEC" when read as bytes, little-endian
const VERSION = 1;
const HASH_AT = 8;
const LENGTH_AT = HASH_AT + 32;
const HEADER_AT = LENGTH_AT + 4;

type Entry = readonly [name: string, length: number];

export function packFiles(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const entries = [...files].map(([name, content]): Entry => [name, content.byteLength]);
  const header = new TextEncoder().encode(JSON.stringify(entries));
  const size = [...files.values()].reduce((sum, content) => sum + content.byteLength, 0);
  const bytes = new Uint8Array(HEADER_AT + header.byteLength + size);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, VERSION, true);
  view.setUint32(LENGTH_AT, header.byteLength, true);
  bytes.set(header, HEADER_AT);
  let at = HEADER_AT + header.byteLength;
  for (const content of files.values()) {
    bytes.set(content, at);
    at += content.byteLength;
  }
  bytes.set(hashOf(bytes.subarray(LENGTH_AT)), HASH_AT);
  return bytes;
}

/**
 * The files, each in memory of its own.
 * @throws L407 altered, cut short, or something else, L404 another version
 */
export function unpackFiles(given: Uint8Array, where: string): Map<string, Uint8Array> {
  const refuse = (why: string): never => {
    throw linkwrightError("L407", { where, why });
  };
  if (!(given instanceof Uint8Array)) return refuse(`found ${typeof given}, expected a Uint8Array`);
  const bytes = new Uint8Array(given.buffer, given.byteOffset, given.byteLength); // a Buffer's slice would share memory
  if (bytes.byteLength < HEADER_AT) return refuse(`found ${bytes.byteLength} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== MAGIC) return refuse("they begin like something else");
  const version = view.getUint32(4, true);
  if (version !== VERSION) {
    throw linkwrightError("L404", { path: where, found: String(version), expected: String(VERSION) });
  }
  const [found, expected] = [hashOf(bytes.subarray(LENGTH_AT)), bytes.subarray(HASH_AT, LENGTH_AT)];
  if (Buffer.compare(found, expected) !== 0) return refuse("their sha256 is not the one that they hold");
  const contents = HEADER_AT + view.getUint32(LENGTH_AT, true);
  const entries = readHeader(bytes.subarray(HEADER_AT, contents));
  if (!entries) return refuse("their header is none");
  let at = contents;
  const files = new Map<string, Uint8Array>();
  for (const [name, length] of entries) {
    files.set(name, bytes.slice(at, at + length));
    at += length;
  }
  if (at !== bytes.byteLength) return refuse(`found ${bytes.byteLength} bytes, their header says ${at}`);
  return files;
}

/** The entries of a header; undefined when it is none. */
function readHeader(bytes: Uint8Array): readonly Entry[] | undefined {
  try {
    const entries = JSON.parse(new TextDecoder().decode(bytes)) as unknown;
    return Array.isArray(entries) && entries.every(isEntry) ? entries : undefined;
  } catch {
    return undefined;
  }
}

function isEntry(value: unknown): value is Entry {
  const [name, length] = Array.isArray(value) ? (value as unknown[]) : [];
  return typeof name === "string" && Number.isSafeInteger(length) && (length as number) >= 0;
}

function hashOf(bytes: Uint8Array): Uint8Array {
  return createHash("sha256").update(bytes).digest();
}
