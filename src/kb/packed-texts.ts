import { linkwrightError } from "../errors.js";
import { deflated, inflated } from "./native.js";
import type { TextColumn } from "./string-column.js";
import { decodeUtf8, hashBytes, Utf8Encoder } from "./utf8.js";
import { packVarints, unpackVarints } from "./varints.js";

/** Where packed texts are: in memory, or read when they are asked for. */
export type TextSource = Uint8Array | { readonly path: string };

/** Reads `length` bytes at `start`; undefined where there are not so many. */
export type ReadRange = (path: string, start: number, length: number) => Uint8Array | undefined;

/** The parts of packed texts. They can be posted to threads. */
export interface PackedTextColumns {
  readonly size: number;
  /** For each block, where it ends in the source, and the hash of its texts. // [2 x blocks] */
  readonly blocks: Uint32Array;
  readonly source: TextSource;
}

/** Texts of a block: as many as inflate in a tenth of a millisecond, and enough for deflate to find what repeats. */
const BLOCK = 256;
const encoder = new Utf8Encoder();

/**
 * Texts that are seldom asked for, deflated in blocks: a third of the memory, or a file of which a block is read at a
 * time. The source is the table of blocks, its hash, and then the blocks: each the lengths of its texts, and their
 * UTF-8.
 */
export class PackedTexts implements TextColumn {
  private block = -1;
  private bytes = new Uint8Array(0);
  /** Where the block's texts begin and end. */
  private offsets = new Int32Array(1);

  /** @param readRange how a file is read */
  constructor(
    readonly columns: PackedTextColumns,
    private readonly readRange?: ReadRange,
  ) {}

  get size(): number {
    return this.columns.size;
  }

  /** @throws L230 the file is not what it was, or can't be read */
  at(i: number): string {
    if (!(i >= 0 && i < this.size)) throw new RangeError(`String ${i} of ${this.size}`);
    const block = Math.floor(i / BLOCK);
    if (block !== this.block) this.open(block);
    const own = i - block * BLOCK;
    return decodeUtf8(this.bytes, this.offsets[own] as number, this.offsets[own + 1] as number);
  }

  /** All of the source. @throws L230 */
  toBytes(): Uint8Array {
    const { blocks, source, size } = this.columns;
    if (source instanceof Uint8Array) return source;
    for (let block = 0; 2 * block < blocks.length; block++) this.open(block);
    const bytes = this.read(0, blocks.at(-2) ?? headerSize(size));
    if (!bytes) throw linkwrightError("L230", { where: source.path, block: 0 });
    return bytes;
  }

  private open(block: number): void {
    const { blocks, source, size } = this.columns;
    const start = block === 0 ? headerSize(size) : (blocks[2 * block - 2] as number);
    const length = (blocks[2 * block] as number) - start;
    const packed = this.read(start, length);
    const bytes = packed && inflated(packed);
    if (!bytes || hashBytes(bytes, 0, bytes.length) !== blocks[2 * block + 1]) {
      const where = source instanceof Uint8Array ? "in memory" : source.path;
      throw linkwrightError("L230", { where, block });
    }
    const count = Math.min(BLOCK, size - block * BLOCK);
    const lengths = unpackVarints(bytes, count);
    this.offsets = new Int32Array(count + 1);
    this.offsets[count] = bytes.length;
    for (let k = count - 1; k >= 0; k--) {
      this.offsets[k] = (this.offsets[k + 1] as number) - (lengths[k] as number);
    }
    this.bytes = bytes;
    this.block = block;
  }

  private read(start: number, length: number): Uint8Array | undefined {
    const { source } = this.columns;
    if (source instanceof Uint8Array) return source.subarray(start, start + length);
    return this.readRange?.(source.path, start, length);
  }
}

/** Texts as the bytes of a source. The blocks' hashes, unlike its bytes, don't depend on the version of zlib. */
export function packTexts(texts: TextColumn): Uint8Array {
  const table = new Uint32Array(2 * blocksOf(texts.size));
  const pieces: Uint8Array[] = [];
  let end = headerSize(texts.size);
  for (let block = 0; 2 * block < table.length; block++) {
    const bytes = blockBytes(texts, block * BLOCK, Math.min(texts.size, (block + 1) * BLOCK));
    const packed = deflated(bytes);
    pieces.push(packed);
    end += packed.length;
    table.set([end, hashBytes(bytes, 0, bytes.length)], 2 * block);
  }
  const source = new Uint8Array(end);
  new DataView(source.buffer).setUint32(0, tableHash(table), true);
  source.set(bytesOf(table), 4);
  let at = headerSize(texts.size);
  for (const piece of pieces) {
    source.set(piece, at);
    at += piece.length;
  }
  return source;
}

/** Bytes at the beginning of a source of so many texts, before the first block. */
export function headerSize(texts: number): number {
  return 4 + 8 * blocksOf(texts);
}

/** The table of blocks in the beginning of a source. @throws RangeError it is damaged */
export function readBlocks(header: Uint8Array, texts: number): Uint32Array {
  const bytes = new Uint8Array(header.subarray(4, headerSize(texts))); // a copy, so that numbers may begin there
  const table = new Uint32Array(bytes.buffer, 0, Math.floor(bytes.length / 4));
  const hash = header.length < 4 ? -1 : new DataView(header.buffer, header.byteOffset).getUint32(0, true);
  if (hash !== tableHash(table)) throw new RangeError("the descriptions' table of blocks is damaged");
  return table;
}

function blocksOf(texts: number): number {
  return Math.ceil(texts / BLOCK);
}

function tableHash(table: Uint32Array): number {
  return hashBytes(bytesOf(table), 0, table.byteLength);
}

function bytesOf(table: Uint32Array): Uint8Array {
  return new Uint8Array(table.buffer, table.byteOffset, table.byteLength);
}

function blockBytes(texts: TextColumn, from: number, end: number): Uint8Array {
  const encoded = Array.from({ length: end - from }, (_, i) => {
    const length = encoder.encode(texts.at(from + i));
    return encoder.bytes.slice(0, length);
  });
  const lengths = packVarints(encoded.map(({ length }) => length));
  return Buffer.concat([lengths, ...encoded]);
}
