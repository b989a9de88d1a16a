const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
const REPLACEMENT = 0xfffd;

/** A byte order mark inside a name is part of the name, so the decoder must not swallow it. */
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
/** Bytes up to which decoding here is faster than calling the decoder. */
const SHORT = 32;

/**
 * Writes one string at a time as UTF-8 into a buffer that the next `encode` overwrites; an object per
 * string, as `TextEncoder.encode` makes, would cost more than everything else a look-up does.
 * As in TextEncoder, a lone surrogate becomes U+FFFD.
 */
export class Utf8Encoder {
  bytes = new Uint8Array(256);

  /** Encodes `text` into `bytes` and returns how many bytes it took. */
  encode(text: string): number {
    const { length } = text;
    if (this.bytes.length < 3 * length) this.bytes = new Uint8Array(6 * length);
    const bytes = this.bytes;
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i);
      if (unit >= 0x80) return this.encodeFrom(text, i);
      bytes[i] = unit;
    }
    return length;
  }

  /** Encodes what follows `start` characters of ASCII. */
  private encodeFrom(text: string, start: number): number {
    const bytes = this.bytes;
    let n = start;
    for (let i = start; i < text.length; i++) {
      let point = text.codePointAt(i) as number;
      if (point > 0xffff) i++;
      else if (point >= 0xd800 && point <= 0xdfff) point = REPLACEMENT;
      if (point < 0x80) {
        bytes[n++] = point;
      } else if (point < 0x800) {
        bytes[n++] = 0xc0 | (point >> 6);
        bytes[n++] = 0x80 | (point & 0x3f);
      } else {
        if (point < 0x10000) {
          bytes[n++] = 0xe0 | (point >> 12);
        } else {
          bytes[n++] = 0xf0 | (point >> 18);
          bytes[n++] = 0x80 | ((point >> 12) & 0x3f);
        }
        bytes[n++] = 0x80 | ((point >> 6) & 0x3f);
        bytes[n++] = 0x80 | (point & 0x3f);
      }
    }
    return n;
  }
}

/** The string of the UTF-8 bytes from `start` to `end`. */
export function decodeUtf8(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > SHORT) return decoder.decode(bytes.subarray(start, end));
  let bits = 0;
  for (let i = start; i < end; i++) bits |= bytes[i] as number;
  if (bits >= 0x80) return decoder.decode(bytes.subarray(start, end));
  let text = "";
  let i = start;
  for (; i + 4 <= end; i += 4) text += fourLetters(bytes, i);
  for (; i < end; i++) text += String.fromCharCode(bytes[i] as number);
  return text;
}

/** Four at a time are strings a fourth as often. */
function fourLetters(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(
    bytes[at] as number,
    bytes[at + 1] as number,
    bytes[at + 2] as number,
    bytes[at + 3] as number,
  );
}

/** FNV-1a, 32 bits, its high bits folded down because tables use the low ones. */
export function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = FNV_OFFSET;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] as number), FNV_PRIME);
  return (hash ^ (hash >>> 15)) >>> 0;
}
