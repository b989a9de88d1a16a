import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readLineBlocks } from "../../src/text/lines.js";

const encode = (text: string) => new TextEncoder().encode(text);

async function* streamOf(chunks: Iterable<Uint8Array | string>) {
  yield* chunks;
}

async function linesOf(...chunks: (Uint8Array | string)[]): Promise<string[]> {
  const all: string[] = [];
  for await (const { firstLine, lines } of readLineBlocks(streamOf(chunks), "a.jsonl")) {
    assert.equal(firstLine, all.length + 1);
    all.push(...lines);
  }
  return all;
}

test("LF and CRLF end lines; a lone CR, U+2028 and U+2029 don't", async () => {
  assert.deepEqual(await linesOf("a\r\nb\n\nc\rd\u2028e\u2029f"), ["a", "b", "", "c\rd\u2028e\u2029f"]);
  assert.deepEqual(await linesOf("a\n"), ["a"]);
  assert.deepEqual(await linesOf("\n"), [""]);
  assert.deepEqual(await linesOf(""), []);
  assert.deepEqual(await linesOf(), []);
});

test("a byte order mark is dropped", async () => {
  assert.deepEqual(await linesOf("\ufeffa\nb"), ["a", "b"]);
});

test("lines and characters may be cut anywhere between chunks", async () => {
  const text = "x😀é\r\n東京\n\nlast";
  const bytes = encode(text);
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(fc.nat(bytes.length)), async (cuts) => {
      const at = [0, ...cuts.sort((a, b) => a - b), bytes.length];
      const chunks = at.slice(1).map((end, i) => bytes.subarray(at[i], end));
      assert.deepEqual(await linesOf(...chunks), ["x😀é", "東京", "", "last"]);
    }),
  );
});

test("lines before broken bytes are given", async () => {
  const bytes = new TextEncoder().encode("one\r\ntwo\nbroken ?\nfour\n");
  bytes[bytes.indexOf(0x3f)] = 0xff;
  const given: string[] = [];
  const read = async (): Promise<void> => {
    for await (const { lines } of readLineBlocks(streamOf([bytes]), "a.jsonl")) given.push(...lines);
  };
  await assert.rejects(read(), { code: "L107", message: /a\.jsonl:3:/ });
  assert.deepEqual(given, ["one", "two"]);
});

test("bytes that are not UTF-8 are refused with their line", async () => {
  const broken = Uint8Array.of(0x61, 0x0a, 0x62, 0xe9, 0x0a, 0x63, 0x0a);
  await assert.rejects(linesOf("one\ntwo \ufffd\n", broken), {
    code: "L107",
    message: /a\.jsonl:4: .*not UTF-8/,
  });
  await assert.rejects(linesOf("one\n", Uint8Array.of(0x61, 0xe2, 0x82)), {
    code: "L107",
    message: /a\.jsonl:2:/,
  });
  const utf16 = Uint8Array.of(0xff, 0xfe, 0x7b, 0x00, 0x0a, 0x00);
  await assert.rejects(linesOf(utf16), { code: "L107", message: /a\.jsonl:1:/ });
  const behindMark = Uint8Array.of(0xef, 0xbb, 0xbf, 0x61, 0x0a, 0xff, 0x0a);
  await assert.rejects(linesOf(behindMark), { code: "L107", message: /a\.jsonl:2:/ });
});
