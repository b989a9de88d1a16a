import { readFile } from "node:fs/promises";
import { linkwrightError } from "../errors.js";
import { Doc, type Sentence, type Span } from "../text/doc.js";
import type { ReadDocsOptions } from "./doc-jsonl.js";
import { sentenceStarts } from "./docbin-sents.js";
import { type DocBinTable, damaged, decodeDocBin } from "./docbin-table.js";

/** What ENT_IOB says of a token; 2 is outside of entities, 0 not said. */
const INSIDE = 1n;
const BEGIN = 3n;

/**
 * The documents of spaCy's DocBin, a .spacy file: texts, `ents` with their `kb_id`, and sentences where the document has
 * them. Other annotation is left out.
 *
 * @param path a file, or `"-"` for stdin
 * @throws L100 the file can't be read, L122 it is no DocBin or damaged
 */
export async function* readDocBin(
  path: string,
  options: Pick<ReadDocsOptions, "stdin"> = {},
): AsyncGenerator<Doc> {
  const file = path === "-" ? "stdin" : path;
  const bytes = await readBytes(path, options).catch((error: Error) => {
    throw linkwrightError("L100", { file, why: error.message }, error);
  });
  yield* docBinDocs(bytes, file);
}

/**
 * The documents of the bytes of a DocBin.
 * @param file what messages call it
 * @throws L122
 */
export function* docBinDocs(bytes: Uint8Array, file: string): Generator<Doc> {
  const table = decodeDocBin(bytes, file);
  let first = 0;
  for (const [i, count] of table.lengths.entries()) {
    const where = `${file}, document ${i + 1},`;
    yield docOf(table, { first, count, where, unknownSpaces: table.unknownSpaces[i] === true });
    first += count;
  }
}

interface Rows {
  readonly first: number;
  readonly count: number;
  readonly where: string;
  readonly unknownSpaces: boolean;
}

function docOf(table: DocBinTable, rows: Rows): Doc {
  const { text, tokens } = textOf(table, rows);
  const starts = sentenceStarts(table, rows);
  const range = (start: number, end: number): Sentence => ({
    start: tokens[start]?.start as number,
    end: tokens[end - 1]?.end as number,
  });
  const sents = starts
    ?.filter((start) => start < tokens.length)
    .map((start, i) => range(start, starts[i + 1] ?? tokens.length));
  return new Doc(text, { ents: entsOf(table, rows, range), sents });
}

function textOf(
  table: DocBinTable,
  { first, count, where, unknownSpaces }: Rows,
): { text: string; tokens: Sentence[] } {
  let text = "";
  const tokens: Sentence[] = [];
  for (let row = first; row < first + count; row++) {
    const word = stringOf(table, table.at(row, "ORTH"), `the word of token ${row - first}`, where);
    if (word === "") throw damaged(where, `token ${row - first} is empty`);
    tokens.push({ start: text.length, end: text.length + word.length });
    text += unknownSpaces || table.spaces[row] === 1 ? `${word} ` : word;
  }
  return { text, tokens };
}

/** As `Doc.ents` reads them: label and id of an entity are those of its first token. */
function entsOf(
  table: DocBinTable,
  { first, count, where }: Rows,
  range: (start: number, end: number) => Sentence,
): Span[] {
  const ents: Span[] = [];
  let open: { readonly start: number; readonly label: string; readonly kbId: string } | undefined;
  const close = (end: number): void => {
    if (open) ents.push({ ...range(open.start, end), label: open.label, kbId: open.kbId });
    open = undefined;
  };
  for (let i = 0; i < count; i++) {
    const row = first + i;
    const iob = table.at(row, "ENT_IOB");
    if (iob > BEGIN) throw damaged(where, `the ENT_IOB of token ${i} is ${iob}, not 0 to ${BEGIN}`);
    if (iob === INSIDE) {
      if (!open) throw damaged(where, `token ${i} goes on with an entity that did not begin`);
      continue;
    }
    close(i);
    const type = table.at(row, "ENT_TYPE");
    if (iob !== BEGIN || type === 0n) continue; // outside, not said, or an entity that was taken away
    const label = stringOf(table, type, `the label of token ${i}`, where);
    open = {
      start: i,
      label,
      kbId: stringOf(table, table.at(row, "ENT_KB_ID"), `the kb_id of token ${i}`, where),
    };
  }
  close(count);
  return ents;
}

function stringOf({ strings }: DocBinTable, id: bigint, what: string, where: string): string {
  const text = strings.get(id);
  if (text === undefined) throw damaged(where, `${what} is ${id}, which is the hash of none of its strings`);
  return text;
}

async function readBytes(
  path: string,
  { stdin = process.stdin }: Pick<ReadDocsOptions, "stdin">,
): Promise<Uint8Array> {
  if (path !== "-") return readFile(path);
  const chunks: Buffer[] = [];
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks);
}
