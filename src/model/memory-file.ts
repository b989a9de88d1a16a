import { ArrowFile, listColumn, narrowColumn, writeArrow } from "../kb/kb-arrow.js";
import type { MemoryColumns } from "./train-memory.js";

/** A train memory as an Arrow IPC file of one row, every column a list; strings are a JSON array's bytes. */
export function memoryToBytes(memory: MemoryColumns): Uint8Array {
  return writeArrow({
    names: listColumn(jsonBytes(memory.names)),
    ids: listColumn(jsonBytes(memory.ids)),
    pair_name: narrowColumn(memory.pairName),
    pair_id: narrowColumn(memory.pairId.map((id) => id + 1)), // -1, NIL, would need a sign
    pair_count: narrowColumn(memory.pairCount),
    context_pair: narrowColumn(memory.contextPair),
    neighbours: narrowColumn(memory.neighbours),
    word_start: narrowColumn(memory.wordStart),
    words: narrowColumn(memory.words),
    weights: listColumn(memory.weights),
  });
}

export function memoryFromBytes(bytes: Uint8Array): MemoryColumns {
  const file = new ArrowFile(bytes);
  return {
    names: fromJsonBytes(file.list("names", Uint8Array)),
    ids: fromJsonBytes(file.list("ids", Uint8Array)),
    pairName: file.integers("pair_name"),
    pairId: file.integers("pair_id").map((id) => id - 1),
    pairCount: file.integers("pair_count"),
    contextPair: file.integers("context_pair"),
    neighbours: file.integers("neighbours"),
    wordStart: file.integers("word_start"),
    words: file.integers("words"),
    weights: file.list("weights", Uint8Array),
  };
}

const jsonBytes = (strings: readonly string[]): Uint8Array =>
  new TextEncoder().encode(JSON.stringify(strings));

function fromJsonBytes(bytes: Uint8Array): readonly string[] {
  return JSON.parse(new TextDecoder().decode(bytes)) as readonly string[];
}
