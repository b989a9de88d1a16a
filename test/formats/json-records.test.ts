import assert from "node:assert/strict";
import { join } from "node:path";
import { Readable } from "node:stream";
import { test } from "node:test";
import { type ReadRecordsOptions, readJsonRecords, whereOf } from "../../src/formats/json-records.js";
import { suiteFolder } from "../fixtures.js";

async function recordsOf(
  content: string,
  options: ReadRecordsOptions = {},
): Promise<{ json: unknown; where: string }[]> {
  const records = [];
  for await (const { json, location } of readJsonRecords("-", {
    stdin: Readable.from([Buffer.from(content)]),
    ...options,
  }))
    records.push({ json, where: whereOf(location) });
  return records;
}

test("JSONL: a record a line", async () => {
  assert.deepEqual(await recordsOf('\ufeff{"a":1}\r\n\n{"a":2}'), [
    { json: { a: 1 }, where: "stdin:1" },
    { json: { a: 2 }, where: "stdin:3" },
  ]);
});

test("JSON: a list in one line or in many, or a single record in many", async () => {
  const expected = [
    { json: { a: 1 }, where: "stdin:1, document 1" },
    { json: { a: 2 }, where: "stdin:1, document 2" },
  ];
  assert.deepEqual(await recordsOf('[{"a":1},{"a":2}]'), expected);
  const pretty = await recordsOf(JSON.stringify([{ a: 1 }, { a: 2 }], null, 2));
  assert.deepEqual(pretty, [
    { json: { a: 1 }, where: "stdin, document 1" },
    { json: { a: 2 }, where: "stdin, document 2" },
  ]);
  assert.deepEqual(await recordsOf(JSON.stringify({ a: 1 }, null, 2)), [{ json: { a: 1 }, where: "stdin" }]);
});

test("records that are lists themselves", async () => {
  const isList = (json: unknown) => Array.isArray(json) && Array.isArray(json[0]);
  for (const content of ['["a",{}]\n["b",{}]', '[["a",{}],["b",{}]]', '[\n["a",{}],\n["b",{}]\n]'])
    assert.deepEqual(
      (await recordsOf(content, { isList })).map(({ json }) => json),
      [
        ["a", {}],
        ["b", {}],
      ],
    );
});

test("reads no further than it is asked", async () => {
  let given = 0;
  async function* endless() {
    while (true) yield `${given++}\n`;
  }
  for await (const { json } of readJsonRecords("-", { stdin: endless() })) if (json === 2) break;
  assert.equal(given, 3);
});

test("errors name file and line", async () => {
  await assert.rejects(recordsOf('{"a":1}\n{"a":\n'), { code: "L101", message: /stdin:2: the line is not/ });
  await assert.rejects(recordsOf('{"a":1\n{"a":2}\n'), {
    code: "L121",
    message: /neither JSONL .* nor JSON/,
  });
  for (const empty of ["", "\n \n", "[]", "[\n]"]) await assert.rejects(recordsOf(empty), { code: "L106" });
  const missing = readJsonRecords(join(suiteFolder(), "none.json"));
  await assert.rejects(missing.next(), { code: "L100", message: /none\.json: ENOENT/ });
});
