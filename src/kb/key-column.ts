import { StringColumn, type StringColumns } from "./string-column.js";
import { addSteps, packVarints, steps, unpackVarints } from "./varints.js";

/** Keys on disk: most are their first alias in small letters, and only the others are there. */
export interface PackedKeys {
  /** For each alias, how far its key is from the next new one: 0 for a new one. */
  readonly backward: Uint8Array;
  /** Rows of the keys that are not their first alias in small letters. */
  readonly oddRows: Uint8Array;
  readonly odd: StringColumns;
}

/** Each byte as it stands in a plain key: letters small, a hyphen a space. */
const PLAIN = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte >= 0x41 && byte <= 0x5a) return byte + 0x20;
  return byte === 0x2d ? 0x20 : byte;
});

/** @param keyOf each alias's key; keys are numbered in the order in which aliases need them */
export function packKeys(keys: StringColumns, aliases: StringColumns, keyOf: Int32Array): PackedKeys {
  const backward = new Int32Array(keyOf.length);
  const oddRows: number[] = [];
  const odd = new StringColumn();
  let next = 0;
  for (let alias = 0; alias < keyOf.length; alias++) {
    const key = keyOf[alias] as number;
    backward[alias] = next - key;
    if (key !== next) continue;
    next++;
    if (isPlain(keys, key, aliases, alias)) continue;
    oddRows.push(key);
    const own = keys.bytes.subarray(keys.offsets[key], keys.offsets[key + 1]);
    odd.pushBytes(own, own.length);
  }
  return { backward: packVarints(backward), oddRows: packVarints(steps(oddRows)), odd: odd.toColumns() };
}

/** Keys, and each alias's key. */
export function unpackKeys(
  { backward, oddRows, odd }: PackedKeys,
  aliases: StringColumns,
): { keys: StringColumns; keyOf: Int32Array } {
  const keyOf = unpackVarints(backward, aliases.offsets.length - 1);
  const oddCount = odd.offsets.length - 1;
  const rows = addSteps(unpackVarints(oddRows, oddCount));
  let size = 0;
  for (let alias = 0; alias < keyOf.length; alias++) if (keyOf[alias] === 0) size++;
  const offsets = new Int32Array(size + 1);
  const bytes = new Uint8Array(aliases.bytes.length + odd.bytes.length); // no key is longer than its source
  let next = 0;
  let nextOdd = 0;
  let end = 0;
  for (let alias = 0; alias < keyOf.length; alias++) {
    const back = keyOf[alias] as number;
    keyOf[alias] = next - back;
    if (back !== 0) continue;
    if (nextOdd < oddCount && rows[nextOdd] === next) {
      const [from, to] = [odd.offsets[nextOdd] as number, odd.offsets[nextOdd + 1] as number];
      for (let i = from; i < to; i++) bytes[end++] = odd.bytes[i] as number;
      nextOdd++;
    } else {
      const to = aliases.offsets[alias + 1] as number;
      for (let i = aliases.offsets[alias] as number; i < to; i++)
        bytes[end++] = PLAIN[aliases.bytes[i] as number] as number;
    }
    offsets[++next] = end;
  }
  return { keys: { bytes: bytes.subarray(0, end), offsets }, keyOf };
}

/** Whether a key is an alias in small letters, its hyphens spaces. */
function isPlain(keys: StringColumns, key: number, aliases: StringColumns, alias: number): boolean {
  const from = keys.offsets[key] as number;
  const aliasFrom = aliases.offsets[alias] as number;
  const length = (keys.offsets[key + 1] as number) - from;
  if ((aliases.offsets[alias + 1] as number) - aliasFrom !== length) return false;
  for (let i = 0; i < length; i++) {
    if (keys.bytes[from + i] !== PLAIN[aliases.bytes[aliasFrom + i] as number]) return false;
  }
  return true;
}
