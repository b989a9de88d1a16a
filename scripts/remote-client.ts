/**
 * Links by the real client of spacy-ann-linker, and compares with a direct `POST /link` and with the library, id by id:
 *
 *     npm run test:remote-client
 *
 * It takes Python 3.7 or 3.8, which it looks for; without one it skips. What it installs goes to the user's cache.
 */
import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { ALIASES, TEXTS } from "../src/cli/example-data.js";
import type { Linker } from "../src/linker/linker.js";
import { makeRandom } from "../src/model/random.js";
import { loadLinker } from "../src/plugins/load-linker.js";
import { serve } from "../src/server/serve.js";
import { loadBackend } from "../src/tensor/backend.js";
import { Doc, NIL } from "../src/text/doc.js";
import { pythonWithClient, QUIET } from "./old-python.js";

/** A span as the client has it; offsets count code points. */
interface PythonSpan {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly label: string;
  readonly id: string;
}

interface Result {
  readonly versions: Readonly<Record<string, string>>;
  /** By way of calling: a list for each text, of the first texts at least. */
  readonly links: Readonly<Record<string, readonly (readonly PythonSpan[])[]>>;
  readonly errors: Readonly<Record<string, string | null>>;
}

const GENERATED = 200;
const MAIN = fileURLToPath(new URL("../src/cli/main.js", import.meta.url));
const CLIENT = fileURLToPath(new URL("../../scripts/remote_client.py", import.meta.url));
const BEFORE = ["", "🌡️ ", "Été: ", "👩‍🚀 naïve 東京 ", "e\u0301 𝒳 ", "“", "  \t", "🇨🇭🇫🇷 — ", "Ünder "];
const WORDS =
  "code compiler river rainforest thermometer poison planet orbit snake prey eggs cars engine parcels books desert bird ashes volcano rice rock singer god sandals café 🎸 the of near and with".split(
    " ",
  );
const NAMES = [...ALIASES.map(({ alias }) => alias), "Merkury", "java", "Pythons", "Zanzibar"];

function generatedTexts(count: number): string[] {
  const random = makeRandom("remote-client");
  const pick = (list: readonly string[]): string => list[Math.floor(random.next() * list.length)] as string;
  const words = (): string =>
    Array.from({ length: 2 + Math.floor(random.next() * 8) }, () => pick(WORDS)).join(" ");
  return Array.from({ length: count }, () => {
    const parts = Array.from({ length: Math.floor(random.next() * 4) }, () => `${pick(NAMES)} ${words()}`);
    return `${pick(BEFORE)}${words()} ${parts.join(", ")}.`;
  });
}

/** The ids that the library gives the spans of a text, "" for none. */
function idsByLibrary(linker: Linker, text: string, spans: readonly PythonSpan[]): string[] {
  const points = [...text];
  const utf16 = (offset: number): number => points.slice(0, offset).join("").length;
  const ents = spans.map(({ start, end, label }) => ({ start: utf16(start), end: utf16(end), label }));
  return linker.call(new Doc(text, { ents })).ents.map(({ kbId }) => (kbId === NIL ? "" : kbId));
}

async function idsByRequest(
  url: string,
  texts: readonly string[],
  spans: Result["links"][string],
): Promise<string[][]> {
  const documents = texts.map((context, i) => ({
    spans: (spans[i] as PythonSpan[]).map(({ id: _, ...span }) => span),
    context,
  }));
  const headers = { "Content-Type": "application/json" };
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify({ documents }) });
  assert.equal(response.status, 200);
  const answer = (await response.json()) as { documents: { spans: PythonSpan[] }[] };
  return answer.documents.map((one) => one.spans.map(({ id }) => id));
}

const python = pythonWithClient();
if (python === undefined) {
  process.stdout.write("skipped: no Python 3.7 or 3.8 with spacy-ann-linker can be had here\n");
  process.exit(0);
}
const folder = mkdtempSync(join(tmpdir(), "linkwright-"));
const command = (...args: string[]): unknown =>
  execFileSync(process.execPath, [MAIN, ...args], { cwd: folder });
command("example-data", "tutorial");
command("create-index", "tutorial", "kb");
// What the package writes itself is taken as it is.
execFileSync(join(dirname(python), "spacy_ann"), ["example_data", join(folder, "theirs")], {
  stdio: "ignore",
  env: QUIET,
});
command("create-index", "theirs", "their-kb");

const kb = join(folder, "kb");
const server = await serve(kb, { port: 0, logLevel: "silent", backend: "wasm" });
try {
  const url = `${server.url}/link`;
  const texts = ["", ...TEXTS.map(({ text }) => text), ...generatedTexts(GENERATED)];
  writeFileSync(join(folder, "task.json"), JSON.stringify({ url, texts, names: NAMES }));
  const { stdout } = await promisify(execFile)(python, [CLIENT, join(folder, "task.json")], {
    maxBuffer: 1 << 26,
    env: QUIET,
  });
  const { versions, links, errors } = JSON.parse(stdout) as Result;
  const linker = await loadLinker(kb, await loadBackend("wasm"));
  const spans = links.call as Result["links"][string];
  const expected = texts.map((text, i) => idsByLibrary(linker, text, spans[i] as PythonSpan[]));
  assert.deepEqual(await idsByRequest(url, texts, spans), expected, "a direct request and the library");
  for (const [way, documents] of Object.entries(links)) {
    const ids = documents.map((found) => found.map(({ id }) => id));
    assert.deepEqual(ids, expected.slice(0, ids.length), way);
  }
  texts.forEach((text, i) => {
    for (const { text: mention, start, end } of spans[i] as PythonSpan[]) {
      assert.equal([...text].slice(start, end).join(""), mention);
    }
  });
  assert.deepEqual(errors, { "no route": "ValueError", "bad query": "ValueError" });
  const all = expected.flat();
  const linked = all.filter((id) => id !== "").length;
  assert.ok(linked > all.length / 4 && linked < all.length, `${linked} of ${all.length} mentions are linked`);
  const packages = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  process.stdout.write(
    `${packages.join(", ")}: ${texts.length} texts, ${all.length} mentions (${linked} linked), equal by ` +
      `${Object.keys(links).join(", ")}, a direct request and the library\n`,
  );
} finally {
  await server.close();
  rmSync(folder, { recursive: true });
}
