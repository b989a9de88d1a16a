import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { deflateSync, inflateSync } from "node:zlib";
import { decode, encode } from "@msgpack/msgpack";
import fc from "fast-check";
import { docToJson, parseDoc } from "../../src/formats/doc-json.js";
import { docBinDocs, readDocBin } from "../../src/formats/docbin.js";
import { damaged } from "../arbitraries.js";
import { goldenCases, goldenPath } from "../golden.js";
import { readOrRefused } from "../refusals.js";

interface Golden {
  readonly file: string;
  readonly docs: object[];
}

const bytes = readFileSync(goldenPath("docs.spacy"));
const packed = inflateSync(bytes);

type Bin = Record<string, unknown>;
const unpacked = (): Bin => decode(packed, { mapKeyConverter: String }) as Bin;

/** The golden DocBin with some of its parts replaced. */
function binWith(changes: (bin: Bin) => Bin): Buffer {
  const bin = unpacked();
  return deflateSync(encode({ ...bin, ...changes(bin) }));
}

/** The golden DocBin with the attribute of a token replaced. */
function tokenWith(token: number, attribute: number, value: bigint): Buffer {
  return binWith(({ attrs, tokens }) => {
    const changed = Buffer.from(tokens as Uint8Array);
    const columns = attrs as number[];
    changed.writeBigUInt64LE(value, 8 * (token * columns.length + columns.indexOf(attribute)));
    return { tokens: changed };
  });
}

const readAll = (content: Uint8Array) => [...docBinDocs(content, "x.spacy")];

describe("DocBin", () => {
  for (const { file, docs } of goldenCases<Golden>("docbin")) {
    test(`${file} gives what spaCy reads from it`, async () => {
      const found = [];
      for await (const doc of readDocBin(goldenPath(file))) found.push(docToJson(doc));
      assert.deepEqual(found, docs);
    });
  }

  test("reads stdin", async () => {
    const found = [];
    for await (const doc of readDocBin("-", { stdin: [bytes.subarray(0, 99), bytes.subarray(99)] as never }))
      found.push(doc);
    assert.equal(found.length, readAll(bytes).length);
  });

  test("a file that can't be read", async () => {
    await assert.rejects(readDocBin(goldenPath("none.spacy")).next(), {
      code: "L100",
      message: /none\.spacy: ENOENT/,
    });
  });

  for (const { title, content, message } of [
    {
      title: "no zlib",
      content: Buffer.from("PK\u0003\u0004"),
      message: /x\.spacy is no DocBin .*zlib or msgpack/,
    },
    { title: "no bytes", content: Buffer.alloc(0), message: /zlib or msgpack/ },
    { title: "other msgpack", content: deflateSync(encode([1, 2])), message: /no msgpack map/ },
    { title: "no tokens", content: binWith(() => ({ tokens: null })), message: /no bytes under "tokens"/ },
    {
      title: "half a token",
      content: binWith(() => ({ tokens: new Uint8Array(12) })),
      message: /"tokens" has 12 bytes/,
    },
    { title: "no words", content: binWith(() => ({ attrs: [77] })), message: /attrs lack ORTH/ },
    {
      title: "no documents",
      content: deflateSync(
        encode({
          attrs: [65],
          tokens: new Uint8Array(0),
          lengths: new Uint8Array(0),
          spaces: new Uint8Array(0),
          strings: [],
        }),
      ),
      message: /no documents/,
    },
    { title: "too few spaces", content: binWith(() => ({ spaces: new Uint8Array(3) })), message: /3 spaces/ },
    {
      title: "other lengths",
      content: binWith(() => ({ lengths: new Uint8Array(4) })),
      message: /0 tokens together/,
    },
    {
      title: "a negative length",
      content: binWith(({ lengths }) => {
        const changed = Buffer.from(lengths as Uint8Array);
        changed.writeInt32LE(changed.readInt32LE(0) + changed.readInt32LE(4) + 1, 0);
        changed.writeInt32LE(-1, 4);
        return { lengths: changed };
      }),
      message: /documents have \d+ tokens together/,
    },
    { title: "too few flags", content: binWith(() => ({ flags: [] })), message: /flags of 0/ },
    {
      title: "strings that are none",
      content: binWith(() => ({ strings: [1] })),
      message: /no whole list of "strings"/,
    },
    {
      title: "a word without its string",
      content: binWith(() => ({ strings: [] })),
      message: /document 1, .*the word of token 0 is \d+/,
    },
    { title: "an empty word", content: tokenWith(1, 65, 0n), message: /token 1 is empty/ },
    { title: "an unknown ENT_IOB", content: tokenWith(0, 77, 4n), message: /ENT_IOB of token 0 is 4/ },
    {
      title: "an entity that goes on from nothing",
      content: tokenWith(3, 77, 1n),
      message: /token 3 goes on .* did not begin/,
    },
    { title: "an unknown label", content: tokenWith(0, 78, 999n), message: /the label of token 0 is 999/ },
    { title: "an unknown id", content: tokenWith(0, 452, 999n), message: /the kb_id of token 0 is 999/ },
  ]) {
    test(`refuses ${title}`, () => {
      assert.throws(() => readAll(content), { code: "L122", message });
    });
  }

  test("a file from before flags", () => {
    const { flags, span_groups, version, ...bin } = unpacked();
    const old = deflateSync(encode(bin));
    assert.equal(readAll(old)[0]?.text, "Ada Lovelace met Bob.");
  });
});

describe("a damaged DocBin", () => {
  test("cut anywhere is refused", () => {
    for (let length = 0; length < bytes.length; length++)
      assert.throws(() => readAll(bytes.subarray(0, length)), { code: "L122" }, `cut to ${length}`);
    for (let length = 0; length < packed.length; length += 7)
      assert.throws(() => readAll(deflateSync(packed.subarray(0, length))), { code: "L122" }, `${length}`);
  });

  test("with other bytes is refused, or gives the same documents", async () => {
    const whole = readAll(bytes).map(docToJson);
    await fc.assert(
      fc.asyncProperty(damaged(bytes), async (altered) => {
        const docs = await readOrRefused(() => readAll(altered), /x\.spacy/);
        if (docs) assert.deepEqual(docs.map(docToJson), whole); // zlib does not look behind its end
      }),
      { numRuns: 400 },
    );
  });

  test("with other bytes below zlib's checksum is refused, or gives documents that pass every check", async () => {
    await fc.assert(
      fc.asyncProperty(damaged(packed), async (altered) => {
        const docs = await readOrRefused(() => readAll(deflateSync(altered, { level: 1 })), /x\.spacy/);
        for (const doc of docs ?? []) parseDoc(JSON.parse(JSON.stringify(docToJson(doc))), { file: "x" });
      }),
      { numRuns: 800 },
    );
  });
});
