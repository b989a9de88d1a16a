/** What docs/functions.md shows is run as it stands there, against a server. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { COMMAND, suiteFolder, tinyKb, writeCorpus } from "../fixtures.js";

const PAGE = fileURLToPath(new URL("../../../docs/functions.md", import.meta.url));
const skip = !existsSync(PAGE) && "there is no docs/functions.md";
const folder = suiteFolder();
writeCorpus(folder);
let server: Server;

/** The code block of a page that begins with a comment of this name. */
function blockOf(name: string): string {
  const [, block] =
    new RegExp(`\`\`\`\\w+\\n[/#]+ ${name}\\n([^]*?)\`\`\``).exec(readFileSync(PAGE, "utf8")) ?? [];
  assert.ok(block, `a block of ${name}`);
  return block;
}

/** Runs the command beside the server, which lives in this process. */
async function run(...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [COMMAND, ...args], { cwd: folder });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (data) => {
    stdout += data;
  });
  child.stderr.on("data", (data) => {
    stderr += data;
  });
  const [status] = (await once(child, "close")) as [number];
  return { status, stdout, stderr };
}

before(async () => {
  const kb = tinyKb();
  server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const mentions = JSON.parse(body) as string[];
    const lists = mentions.map((mention) =>
      kb.getAliasCandidates(mention).map(({ entity_, priorProb, entityTexts }) => ({
        id: entity_,
        prior: priorProb,
        ...entityTexts,
      })),
    );
    response.end(JSON.stringify(lists));
  }).listen(0);
  await once(server, "listening");
});
after(() => {
  server.close();
});

describe("docs/functions.md", { skip }, () => {
  it("shows a knowledge base behind HTTP that trains, is evaluated and links", async () => {
    const { port } = server.address() as AddressInfo;
    writeFileSync(join(folder, "my-plugins.mjs"), blockOf("my-plugins.js"));
    const small =
      "\n[model]\nhidden_width = 8\nembedding_width = 8\nvocabulary_size = 60\n[training]\nmax_epochs = 8\n";
    writeFileSync(join(folder, "my.toml"), blockOf("my.toml").replace("8080", String(port)) + small);
    const code = ["--code", "my-plugins.mjs"];
    const trained = await run("train", "my.toml", "--output", "my-model", ...code);
    assert.equal(trained.status, 0, trained.stderr);
    const evaluated = await run("evaluate", "my-model", "dev.jsonl", "--json", ...code);
    assert.equal(JSON.parse(evaluated.stdout).candidate_recall, 1, evaluated.stderr);
    const applied = await run("apply", "my-model", "dev.jsonl", "-", ...code);
    assert.match(applied.stdout, /"kb_id":"Q1"/, applied.stderr);
    const down = blockOf("my-plugins.js").replace("if (!response.ok)", "if (response.ok)");
    writeFileSync(join(folder, "down.mjs"), down);
    const failed = await run("apply", "my-model", "dev.jsonl", "-", "--code", "down.mjs");
    assert.equal(failed.status, 1);
    assert.match(failed.stderr, /\[L517\] Asking HttpKB for the candidates of "Paris" .*answered 200/);
  });
});
