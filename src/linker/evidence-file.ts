import { ArrowFile, listColumn, writeArrow } from "../kb/kb-arrow.js";
import type { Evidence } from "./guarantee.js";

/** Evidence as an Arrow IPC file of one row, every column a list. */
export function evidenceToBytes({ documents, nilWins, top, gold }: Evidence): Uint8Array {
  return writeArrow({
    documents: listColumn(documents),
    nil_wins: listColumn(nilWins),
    top: listColumn(top),
    gold: listColumn(gold),
  });
}

export function evidenceFromBytes(bytes: Uint8Array): Evidence {
  const file = new ArrowFile(bytes);
  return {
    documents: file.list("documents", Int32Array),
    nilWins: file.list("nil_wins", Uint8Array),
    top: file.list("top", Float32Array),
    gold: file.list("gold", Uint8Array),
  };
}
