/** What Node does in native code for a knowledge base's files: all that a browser would need another way for. */
import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { deflateSync, inflate, inflateSync } from "node:zlib";

const inflateOnThread = promisify<Uint8Array, { chunkSize: number }, Uint8Array<ArrayBuffer>>(inflate);
/** Zlib takes no less. */
const SMALLEST_CHUNK = 64;

/** Hexadecimal. Web Crypto would copy the bytes first, and take twice as long for that. */
export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

export function deflated(bytes: Uint8Array): Uint8Array {
  return deflateSync(bytes);
}

/** What `deflated` was given, while this thread goes on; `size` of it, in bytes. */
export async function inflatedOnThread(bytes: Uint8Array, size: number): Promise<Uint8Array> {
  // With a byte to spare zlib sees the end, and takes no second piece of memory to look for it.
  const { buffer, byteOffset, length } = await inflateOnThread(bytes, {
    chunkSize: Math.max(SMALLEST_CHUNK, size + 1),
  });
  return new Uint8Array(buffer, byteOffset, length);
}

/** What `deflated` was given; undefined for other bytes. */
export function inflated(bytes: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  try {
    return new Uint8Array(inflateSync(bytes));
  } catch {
    return undefined;
  }
}
