import {
  type Data,
  type DataType,
  Field,
  Float32,
  Int32,
  List,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table,
  tableFromIPC,
  tableToIPC,
  Uint8,
  Uint16,
} from "./arrow.js";
import { Column, type NumberArray } from "./columns.js";
import { type CompactColumns, CompactIntegers, highParts } from "./compact-integers.js";
import { lengthsOf } from "./csr.js";
import { deflated, inflatedOnThread } from "./native.js";
import type { StringColumns } from "./string-column.js";
import { countVarints, packVarints, unpackOffsets, unpackVarints } from "./varints.js";

/** Stands for a number that takes more than two bytes. */
const LONG = 0xffff;

/** Named columns of one Arrow IPC file. */
export type ArrowColumns = Readonly<Record<string, Data>>;

/** A column of numbers, over the array itself. */
export function numberColumn(values: NumberArray): Data {
  const { length } = values;
  if (values instanceof Uint8Array)
    return makeData({ type: new Uint8(), length, nullCount: 0, data: values });
  if (values instanceof Uint16Array)
    return makeData({ type: new Uint16(), length, nullCount: 0, data: values });
  if (values instanceof Int32Array)
    return makeData({ type: new Int32(), length, nullCount: 0, data: values });
  return makeData({ type: new Float32(), length, nullCount: 0, data: values });
}

/** A column of one row: a list of all the numbers. It lets arrays of any lengths stand in one file. */
export function listColumn(values: NumberArray): Data {
  const child = numberColumn(values);
  const type = new List(new Field("item", child.type, false));
  return makeData({ type, length: 1, nullCount: 0, valueOffsets: Int32Array.of(0, values.length), child });
}

/** The same of integers from 0 up, as varints. */
export function packedColumn(values: ArrayLike<number>): Data {
  return listColumn(packVarints(values));
}

/** Strings as two such columns: their bytes, and how many bytes each has, as varints. */
export function packedTextColumns(name: string, { bytes, offsets }: StringColumns): ArrowColumns {
  return { [`${name}_bytes`]: listColumn(bytes), [`${name}_lengths`]: packedColumn(lengthsOf(offsets)) };
}

/** The same, the bytes deflated: half the size, for a tenth of a second more at a million names. */
export function deflatedTextColumns(name: string, texts: StringColumns): ArrowColumns {
  return { ...packedTextColumns(name, texts), [`${name}_bytes`]: listColumn(deflated(texts.bytes)) };
}

/**
 * Integers from 0 up of which most take two bytes: those, all ones where it takes more, and such numbers by themselves as
 * varints. It is read several times as fast as varints that are all of different lengths.
 */
export function shortColumns(name: string, columns: CompactColumns): ArrowColumns {
  const values = new CompactIntegers(columns);
  const shorts = new Uint16Array(values.length);
  const long = new Column(new Int32Array(0));
  for (let i = 0; i < shorts.length; i++) {
    const value = values.at(i);
    shorts[i] = Math.min(LONG, value);
    if (value >= LONG) long.push(value);
  }
  return { [name]: listColumn(shorts), [`${name}_long`]: packedColumn(long.values) };
}

/** Numbers as varints if they are all integers from 0 up, as counts are, else as they are. */
export function floatColumn(values: Float32Array): Data {
  const isCount = (value: number): boolean => Number.isInteger(value) && value >= 0 && value < 2 ** 31;
  return values.every(isCount) ? packedColumn(values) : listColumn(values);
}

/** The same of integers from 0 up, in the narrowest type that holds them all. */
export function narrowColumn(values: Int32Array): Data {
  const highest = values.reduce((a, b) => Math.max(a, b), 0);
  if (highest <= 0xff) return listColumn(Uint8Array.from(values));
  return listColumn(highest <= 0xffff ? Uint16Array.from(values) : values);
}

/** The bytes of an Arrow IPC file with one record batch. */
export function writeArrow(columns: ArrowColumns): Uint8Array {
  const names = Object.keys(columns);
  const children = Object.values(columns);
  const fields = names.map((name, i) => new Field(name, (children[i] as Data).type, false));
  const data = makeData({
    type: new Struct(fields),
    length: children[0]?.length ?? 0,
    nullCount: 0,
    children: children as Data<DataType>[],
  });
  const schema = new Schema(fields);
  return tableToIPC(new Table(schema, [new RecordBatch(schema, data as Data<Struct>)]), "file");
}

/** The columns of an Arrow IPC file with one record batch: views over its bytes, nothing is copied. */
export class ArrowFile {
  private readonly table: Table;

  constructor(bytes: Uint8Array) {
    this.table = tableFromIPC(bytes);
  }

  get rows(): number {
    return this.table.numRows;
  }

  numbers<T extends NumberArray>(name: string, Type: new (length: number) => T): T {
    return valuesOf(this.column(name), name, Type);
  }

  list<T extends NumberArray>(name: string, Type: new (length: number) => T): T {
    return valuesOf(this.column(name).children[0] as Data, name, Type);
  }

  /** A column of {@link narrowColumn}. */
  integers(name: string): Int32Array {
    const { values, length, type } = this.column(name).children[0] as Data;
    if (values instanceof Int32Array) return values.subarray(0, length);
    if (values instanceof Uint16Array || values instanceof Uint8Array)
      return Int32Array.from(values.subarray(0, length));
    throw new TypeError(`column ${name} is ${type}, not integers`);
  }

  has(name: string): boolean {
    return this.table.getChild(name) !== null;
  }

  /** The `count` numbers of a column of {@link packedColumn}; without a count, as many as there are. */
  packed(name: string, count?: number): Int32Array {
    const bytes = this.list(name, Uint8Array);
    return unpackVarints(bytes, count ?? countVarints(bytes));
  }

  /** The same, lengths, as where each part begins, and the last one ends. // [count + 1] */
  offsets(name: string, count?: number): Int32Array {
    const bytes = this.list(name, Uint8Array);
    return unpackOffsets(bytes, count ?? countVarints(bytes));
  }

  /** The numbers of {@link shortColumns}, a copy: the file's bytes can go. */
  shorts(name: string): CompactColumns {
    const low = this.list(name, Uint16Array).slice();
    const long = this.packed(`${name}_long`);
    const high = highParts(
      low.length,
      long.reduce((a, b) => Math.max(a, b), 0),
    );
    for (let i = low.indexOf(LONG), next = 0; i >= 0; i = low.indexOf(LONG, i + 1)) {
      const value = long[next++] as number;
      low[i] = value & 0xffff;
      if (high) high[i] = value >>> 16;
    }
    return { low, high };
  }

  /** The strings of {@link packedTextColumns}, a copy: the file's bytes can go. */
  packedTexts(name: string, count?: number): StringColumns {
    const offsets = this.offsets(`${name}_lengths`, count);
    return { bytes: this.list(`${name}_bytes`, Uint8Array).slice(), offsets };
  }

  /** The strings of {@link deflatedTextColumns}. */
  async deflatedTexts(name: string, count: number): Promise<StringColumns> {
    const offsets = this.offsets(`${name}_lengths`, count);
    const bytes = await inflatedOnThread(this.list(`${name}_bytes`, Uint8Array), offsets[count] as number);
    return { bytes, offsets };
  }

  /** The `count` numbers of a column of {@link floatColumn}, a copy. */
  floats(name: string, count: number): Float32Array {
    const isPacked = this.column(name).children[0]?.values instanceof Uint8Array;
    return isPacked ? new Float32Array(this.packed(name, count)) : this.list(name, Float32Array).slice();
  }

  private column(name: string): Data {
    const data = this.table.getChild(name)?.data[0];
    if (!data) throw new TypeError(`no column ${name}`);
    return data;
  }
}

function valuesOf<T extends NumberArray>(data: Data, name: string, Type: new (length: number) => T): T {
  if (!(data.values instanceof Type)) throw new TypeError(`column ${name} is ${data.type}, not ${Type.name}`);
  return data.values.subarray(0, data.length) as T;
}
