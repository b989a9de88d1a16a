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
  Utf8,
} from "./arrow.js";
import type { NumberArray } from "./columns.js";
import type { StringColumns } from "./string-column.js";

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

/** A column of strings, over the arrays themselves. */
export function stringColumn({ bytes, offsets }: StringColumns): Data {
  const length = offsets.length - 1;
  return makeData({ type: new Utf8(), length, nullCount: 0, valueOffsets: offsets, data: bytes });
}

/** A column of one row: a list of all the numbers. It lets arrays of any lengths stand in one file. */
export function listColumn(values: NumberArray): Data {
  const child = numberColumn(values);
  const type = new List(new Field("item", child.type, false));
  return makeData({ type, length: 1, nullCount: 0, valueOffsets: Int32Array.of(0, values.length), child });
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

  strings(name: string): StringColumns {
    const { values, valueOffsets, length } = this.column(name);
    // Arrow fills its buffers up to multiples of 8 bytes.
    const offsets = (valueOffsets as Int32Array).subarray(0, length + 1);
    return { bytes: (values as Uint8Array).subarray(0, offsets[length]), offsets };
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
