/** What docs/serving.md shows of a first server is run as it stands there. */
import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { COMMAND, linkwright, suiteFolder } from "../fixtures.js";

const PAGE = readFileSync(fileURLToPath(new URL("../../../docs/serving.md", import.meta.url)), "utf8");
const INDEX = fileURLToPath(new URL("../../src/index.js", import.meta.url));
const SHOWN_URL = "http://127.0.0.1:8300";
const hasCurl = spawnSync("curl", ["--version"]).status === 0;
const folder = suiteFolder();
let child: ChildProcess;
let url: string;

/** The code blocks of a section. */
function blocksOf(section: string, language: string): string[] {
  const [, rest = ""] = PAGE.split(`\n## ${section}\n`);
  const [text = ""] = rest.split("\n## ");
  const blocks = text.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, "gm"));
  return Array.from(blocks, ([, code]) => code as string);
}

const [setup = "", ...requests] = blocksOf("Link over HTTP in five minutes", "sh");
/** JSON without spaces, its numbers to the digits that every backend gives. */
const flat = (json: string): string =>
  json.replaceAll(/\s/g, "").replaceAll(/\d\.\d{4,}/g, (number) => Number(number).toFixed(3));
const argumentsOf = (line: string): string[] => line.replace("npx linkwright ", "").split(" ");

before(async () => {
  const lines = setup.trim().split("\n");
  const serving = lines.pop() as string;
  for (const line of lines) {
    const { status, stderr } = linkwright(argumentsOf(line), { cwd: folder });
    assert.equal(status, 0, stderr);
  }
  const args = argumentsOf(serving).map((word) => (word === "8300" ? "0" : word));
  const serve = spawn(process.execPath, [COMMAND, ...args], { cwd: folder });
  child = serve;
  url = await new Promise((resolve, reject) => {
    let said = "";
    serve.stderr.on("data", (data) => {
      said += data;
      const [, at] = /at (http\S+), documentation/.exec(said) ?? [];
      if (at !== undefined) resolve(at);
    });
    serve.once("exit", () => reject(new Error(said)));
  });
});
after(async () => {
  if (child.exitCode !== null) return;
  child.kill("SIGTERM");
  await once(child, "exit");
});

describe("docs/serving.md", () => {
  it("asks with curl and gets what it shows", { skip: !hasCurl && "no curl" }, () => {
    assert.equal(requests.length, 2);
    const shown = blocksOf("Link over HTTP in five minutes", "json");
    requests.forEach((request, i) => {
      const line = request.replace(SHOWN_URL, url);
      const answer = execFileSync("sh", ["-c", line], { cwd: folder, encoding: "utf8" });
      for (const part of flat(shown[i] as string).split("…")) {
        assert.ok(flat(answer).includes(part.replace(/,$/, "")), `${part} in ${answer}`);
      }
    });
  });

  it("links from TypeScript as its comments say", () => {
    const [code = ""] = blocksOf("From TypeScript", "ts");
    const program = code
      .replace('"linkwright"', JSON.stringify(pathToFileURL(INDEX).href))
      .replace(SHOWN_URL, url);
    writeFileSync(join(folder, "page.mjs"), program);
    const printed = execFileSync(process.execPath, ["page.mjs"], { cwd: folder, encoding: "utf8" });
    const expected = Array.from(code.matchAll(/\/\/ => (.*)$/gm), ([, value]) => `${value}\n`);
    assert.ok(expected.length >= 2);
    assert.equal(printed, expected.join(""));
  });

  it("writes its example once", () => {
    const { status, stderr } = linkwright(["example-data", "tutorial"], { cwd: folder });
    assert.deepEqual([status, stderr.includes("[L602] tutorial/entities.jsonl is there already")], [1, true]);
    const under = linkwright(["example-data", "tutorial/entities.jsonl"], { cwd: folder });
    assert.match(under.stderr, /^linkwright: \[L108\] Can't write tutorial\/entities.jsonl: .*\n$/);
  });
});
