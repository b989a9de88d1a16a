import { ArrowFile, listColumn, writeArrow } from "../kb/kb-arrow.js";
import type { MemoryColumns } from "./train-memory.js";

/** A train memory as an Arrow IPC file of one row, every column a list; strings are a JSON array's bytes. */
export function memoryToBytes(memory: MemoryColumns): Uint8Array {
  return writeArrow({
    names: listColumn(jsonBytes(memory.names)),
    ids: listColumn(jsonBytes(memory.ids)),
    pair_name: listColumn(memory.pairName),
    pair_id: listColumn(memory.pairId),
    pair_count: listColumn(memory.pairCount),
    context_pair: listColumn(memory.contextPair),
    word_start: listColumn(memory.wordStart),
    words: listColumn(memory.words),
    weights: listColumn(memory.weights),
  });
}

export function memoryFromBytes(bytes: Uint8Array): MemoryColumns {
  const file = new ArrowFile(bytes);
  return {
    names: fromJsonBytes(file.list("names", Uint8Array)),
    ids: fromJsonBytes(file.list("ids", Uint8Array)),
    pairName: file.list("pair_name", Int32Array),
    pairId: file.list("pair_id", Int32Array),
    pairCount: file.list("pair_count", Int32Array),
    contextPair: file.list("context_pair", Int32Array),
    wordStart: file.list("word_start", Int32Array),
    words: file.list("words", Int32Array),
    weights: file.list("weights", Uint8Array),
  };
}

const jsonBytes = (strings: readonly string[]): Uint8Array =>
  new TextEncoder().encode(JSON.stringify(strings));

function fromJsonBytes(bytes: Uint8Array): readonly string[] {
  return JSON.parse(new TextDecoder().decode(bytes)) as readonly string[];
}
