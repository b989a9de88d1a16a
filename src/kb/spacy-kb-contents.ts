import { linkwrightError } from "../errors.js";
import { LARGEST_SUM } from "./alias-table.js";

/**
 * What spaCy's `InMemoryLookupKB.write_contents` writes, strings as their numbers. Little-endian, without a magic
 * number or checksum:
 * i64 entities, i64 vectorLength, f32 vectors, (u64 id, f32 freq, i32 vector)*, i64 aliases,
 * (u64 alias, i64 candidates, (i64 1 + entity, f32 probability)*)*
 */
export interface SpacyKbContents {
  readonly vectorLength: number;
  /** // [entities] */
  readonly entities: readonly SpacyEntity[];
  readonly aliases: readonly SpacyAlias[];
}

export interface SpacyEntity {
  readonly id: bigint;
  readonly freq: number;
  /** // [vectorLength] */
  readonly vector: Float32Array;
}

export interface SpacyAlias {
  readonly alias: bigint;
  /** Rows of `entities`. */
  readonly rows: readonly number[];
  readonly probabilities: readonly number[];
}

const ENTITY_BYTES = 16;
const ALIAS_BYTES = 16;
const CANDIDATE_BYTES = 12;
const FLOAT_BYTES = 4;
const COUNT_BYTES = 8;
/** Far beyond any that is in use. */
const MOST_VECTOR_LENGTH = 65_536;
/** A lone probability may be as large as a sum. */
const LARGEST_PROBABILITY = Math.fround(LARGEST_SUM);

/**
 * Reads `contents`, every count checked against the bytes that are left, and every number against its range.
 * @param path for messages
 * @throws E145 other bytes, or cut or altered ones, L227 vectors that spaCy itself numbered wrongly
 */
export function decodeContents(bytes: Uint8Array, path: string): SpacyKbContents {
  const cursor = new Cursor(bytes, path);
  const entityCount = cursor.count("the number of entities");
  const vectorLength = cursor.count("the length of the vectors");
  if (vectorLength > MOST_VECTOR_LENGTH)
    throw cursor.broken(
      `the length of the vectors is ${vectorLength}, expected at most ${MOST_VECTOR_LENGTH}`,
    );
  cursor.need(entityCount, FLOAT_BYTES * vectorLength + ENTITY_BYTES, "entities");
  const vectors = Array.from({ length: entityCount }, () => cursor.floats(vectorLength));
  const entities = readEntities(cursor, vectors);
  const aliasCount = cursor.count("the number of aliases");
  cursor.need(aliasCount, ALIAS_BYTES, "aliases");
  const aliases = Array.from({ length: aliasCount }, (_, i) => readAlias(cursor, i, entityCount));
  if (cursor.left > 0) throw cursor.broken(`${cursor.left} bytes come after its end`);
  return { vectorLength, entities, aliases };
}

/** The bytes of `contents`. */
export function encodeContents({ vectorLength, entities, aliases }: SpacyKbContents): Uint8Array {
  const candidates = aliases.reduce((sum, { rows }) => sum + rows.length, 0);
  const size =
    3 * COUNT_BYTES +
    entities.length * (FLOAT_BYTES * vectorLength + ENTITY_BYTES) +
    aliases.length * ALIAS_BYTES +
    candidates * CANDIDATE_BYTES;
  const view = new DataView(new ArrayBuffer(size));
  let at = 0;
  const int64 = (value: bigint | number): void => {
    view.setBigUint64(at, BigInt(value), true);
    at += 8;
  };
  const float32 = (value: number): void => {
    view.setFloat32(at, value, true);
    at += 4;
  };
  const int32 = (value: number): void => {
    view.setInt32(at, value, true);
    at += 4;
  };
  int64(entities.length);
  int64(vectorLength);
  for (const { vector } of entities) vector.forEach(float32);
  for (const [row, { id, freq }] of entities.entries()) {
    int64(id);
    float32(freq);
    int32(row);
  }
  int64(aliases.length);
  for (const { alias, rows, probabilities } of aliases) {
    int64(alias);
    int64(rows.length);
    for (const [i, row] of rows.entries()) {
      int64(row + 1);
      float32(probabilities[i] as number);
    }
  }
  return new Uint8Array(view.buffer);
}

/** Each vector belongs to one entity. */
function readEntities(cursor: Cursor, vectors: readonly Float32Array[]): SpacyEntity[] {
  const records = vectors.map((_, row) => {
    const id = cursor.uint64();
    const freq = cursor.float();
    if (!(freq >= 0 && freq < Number.POSITIVE_INFINITY))
      throw cursor.broken(`the frequency of entity ${row} is ${freq}, expected a finite number, 0 or more`);
    return { id, freq, index: cursor.int32() };
  });
  refuseShifted(
    records.map(({ index }) => index),
    cursor.path,
  );
  const isTaken = new Uint8Array(vectors.length);
  return records.map(({ id, freq, index }, row) => {
    const vector = vectors[index];
    if (vector === undefined || isTaken[index])
      throw cursor.broken(
        `entity ${row} has the vector ${index}, expected one of 0 to ${vectors.length - 1} that no other has`,
      );
    isTaken[index] = 1;
    return { id, freq, vector };
  });
}

/**
 * spaCy's `set_entities` and `from_disk` leave an empty vector behind the last one, which takes a number and no place in
 * the file: what `add_entity` adds then is numbered one too high, and spaCy reads it with the vector of the next entity,
 * the last with an empty one.
 */
function refuseShifted(indices: readonly number[], path: string): void {
  const row = indices.findIndex((index, i) => index !== i);
  const isShifted = row >= 0 && indices.every((index, i) => i < row || index === i + 1);
  if (isShifted) throw linkwrightError("L227", { path, row, entities: indices.length });
}

function readAlias(cursor: Cursor, i: number, entities: number): SpacyAlias {
  cursor.need(1, ALIAS_BYTES, "aliases");
  const alias = cursor.uint64();
  const count = cursor.count(`the number of candidates of alias ${i}`);
  cursor.need(count, CANDIDATE_BYTES, `candidates of alias ${i}`);
  const rows: number[] = [];
  const probabilities: number[] = [];
  for (let k = 0; k < count; k++) {
    const index = cursor.uint64();
    if (index < 1n || index > entities)
      throw cursor.broken(
        `alias ${i} has the candidate ${BigInt.asIntN(64, index)}, expected one of 1 to ${entities}`,
      );
    const probability = cursor.float();
    if (!(probability >= 0 && probability <= LARGEST_PROBABILITY))
      throw cursor.broken(`alias ${i} has the probability ${probability}, expected one of 0 to 1`);
    rows.push(Number(index) - 1);
    probabilities.push(probability);
  }
  return { alias, rows, probabilities };
}

/** Where a file is being read. The caller asks with `need` before it reads. */
class Cursor {
  private readonly view: DataView;
  private at = 0;

  constructor(
    bytes: Uint8Array,
    readonly path: string,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  get left(): number {
    return this.view.byteLength - this.at;
  }

  broken(why: string): Error {
    return linkwrightError("E145", { path: this.path, why });
  }

  /** @throws E145 fewer than `count` records of `size` bytes are left */
  need(count: number, size: number, what: string): void {
    if (count * size > this.left)
      throw this.broken(
        `${count} ${what} take ${count * size} bytes or more from byte ${this.at} on, but the file has ${this.left} left`,
      );
  }

  /** A number that can't be negative; exact, as no file has 2 ** 53 of anything. */
  count(what: string): number {
    this.need(1, COUNT_BYTES, `counts (${what})`);
    const value = this.view.getBigInt64(this.at, true);
    this.at += 8;
    if (value < 0n || value > BigInt(Number.MAX_SAFE_INTEGER)) throw this.broken(`${what} is ${value}`);
    return Number(value);
  }

  uint64(): bigint {
    this.at += 8;
    return this.view.getBigUint64(this.at - 8, true);
  }

  int32(): number {
    this.at += 4;
    return this.view.getInt32(this.at - 4, true);
  }

  float(): number {
    this.at += 4;
    return this.view.getFloat32(this.at - 4, true);
  }

  floats(count: number): Float32Array {
    return Float32Array.from({ length: count }, () => this.float());
  }
}
