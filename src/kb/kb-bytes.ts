import { linkwrightError } from "../errors.js";
import { encodeParts } from "./kb-files.js";
import { loadKb } from "./kb-load.js";
import { hashOfMeta, KB_VERSION, META_FILE, makeMeta, parseMeta } from "./kb-meta.js";
import type { KbParts } from "./kb-parts.js";
import { sha256 } from "./native.js";

/**
 * A knowledge base in one piece: "LWKB", version and length of meta.json (each uint32, little-endian), the
 * hexadecimal sha256 of meta.json, meta.json, and the files that it lists, in its order. With the lengths and
 * hashes in meta.json, no byte can be altered, cut off or added unseen.
 */
const MAGIC = "LWKB";
const HEADER = 4 + 4 + 4 + 64;
/** What messages call the place. */
const WHERE = "in these bytes";

/** Parts -> bytes, and the hash that a folder of the same content has. */
export async function encodeKb(
  parts: KbParts,
  { vectors = true }: { readonly vectors?: boolean } = {},
): Promise<{ bytes: Uint8Array; hash: string }> {
  const files = encodeParts(parts, { vectors });
  const meta = makeMeta(parts, files);
  const encoder = new TextEncoder();
  const metaBytes = encoder.encode(JSON.stringify(meta));
  const header = new Uint8Array(HEADER);
  const view = new DataView(header.buffer);
  header.set(encoder.encode(MAGIC));
  view.setUint32(4, KB_VERSION, true);
  view.setUint32(8, metaBytes.length, true);
  header.set(encoder.encode(sha256(metaBytes)), 12);
  return { bytes: joined([header, metaBytes, ...files.values()]), hash: hashOfMeta(meta) };
}

/**
 * Bytes -> parts over a copy of them.
 * @throws L210 cut off or too long, L211 of something else, L212 other version, L215 altered, L216
 */
export async function decodeKb(bytes: Uint8Array): Promise<{ parts: KbParts; hash: string }> {
  const metaBytes = await checkedMeta(bytes);
  const meta = await parseMeta(metaBytes, WHERE);
  const files = new Map([[META_FILE, metaBytes]]);
  let end = HEADER + metaBytes.length;
  for (const [name, file] of Object.entries(meta.files)) {
    files.set(name, bytes.slice(end, end + file.bytes)); // a copy stays as it is, and begins where numbers may
    end += file.bytes;
  }
  if (bytes.length !== end) throw linkwrightError("L210", { found: bytes.length, expected: `${end}` });
  return loadKb(async (name) => files.get(name), WHERE);
}

async function checkedMeta(bytes: Uint8Array): Promise<Uint8Array> {
  const isBytes = bytes instanceof Uint8Array;
  if (!isBytes || text(bytes.subarray(0, 4)) !== MAGIC) {
    const found = isBytes ? `it doesn't begin with ${MAGIC}` : `it is ${typeof bytes}, not a Uint8Array`;
    throw linkwrightError("L211", { where: "What was given as bytes", found });
  }
  if (bytes.length < HEADER) {
    throw linkwrightError("L210", { found: bytes.length, expected: `at least ${HEADER}` });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER);
  const version = view.getUint32(4, true);
  if (version !== KB_VERSION)
    throw linkwrightError("L212", { where: WHERE, found: `${version}`, expected: KB_VERSION });
  const end = HEADER + view.getUint32(8, true);
  if (bytes.length < end) throw linkwrightError("L210", { found: bytes.length, expected: `at least ${end}` });
  const metaBytes = bytes.slice(HEADER, end);
  if (sha256(metaBytes) !== text(bytes.subarray(12, HEADER))) {
    throw linkwrightError("L216", { where: WHERE, why: "it doesn't fit the sha256 before it" });
  }
  return metaBytes;
}

function text(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes);
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
