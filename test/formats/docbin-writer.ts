/** DocBin as spaCy writes it, out of tokens: `test/formats/round-trips.test.ts` reads what it makes. */
import { deflateSync } from "node:zlib";
import { encode } from "@msgpack/msgpack";
import { stringId } from "../../src/text/string-store.js";

export interface BinToken {
  readonly word: string;
  /** Whether a space follows. */
  readonly space: boolean;
  /** Whether an entity begins here, goes on, or neither. */
  readonly iob: "B" | "I" | "O";
  readonly label: string;
  readonly kbId: string;
  readonly startsSentence: boolean;
}

export interface BinDoc {
  readonly tokens: readonly BinToken[];
  readonly hasSents: boolean;
}

/** ORTH, ENT_IOB, ENT_TYPE, SENT_START, ENT_KB_ID */
const ATTRS = [65, 77, 78, 80, 452];
const IOB = { I: 1n, O: 2n, B: 3n };

export function docBinBytes(docs: readonly BinDoc[]): Uint8Array {
  const tokens = docs.flatMap(({ tokens: own, hasSents }) => own.map((token) => ({ ...token, hasSents })));
  const strings = new Set<string>();
  const id = (text: string): bigint => {
    strings.add(text);
    return stringId(text);
  };
  const rows = tokens.flatMap(({ word, iob, label, kbId, startsSentence, hasSents }) => {
    const sentStart = !hasSents ? 0n : startsSentence ? 1n : -1n;
    const [type, link] = iob === "O" ? [0n, 0n] : [id(label), id(kbId)];
    return [id(word), IOB[iob], type, BigInt.asUintN(64, sentStart), link];
  });
  return deflateSync(
    encode({
      version: "0.1",
      attrs: ATTRS,
      tokens: new Uint8Array(BigUint64Array.from(rows).buffer),
      lengths: new Uint8Array(Int32Array.from(docs, (doc) => doc.tokens.length).buffer),
      spaces: Uint8Array.from(tokens, ({ space }) => Number(space)),
      strings: [...strings],
      cats: docs.map(() => ({})),
      flags: docs.map(() => ({ has_unknown_spaces: false })),
      span_groups: docs.map(() => new Uint8Array(0)),
    }),
  );
}
