/** Documents a second and latency beside spacy-ann-linker's own server, on the tutorial's knowledge base. */
import { type ExecFileSyncOptions, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent } from "node:http";
import { loadavg, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ALIASES, annRequest, ENTITIES } from "../../src/cli/example-data.js";
import { makeRandom } from "../../src/model/random.js";
import { addServer, downloadVectors, pythonWithClient, QUIET } from "../old-python.js";
import { ask } from "./ask.js";
import { describe, figuresOf, type Measured, putLoad, together } from "./load.js";
import { check, say } from "./report.js";
import { COMMAND, ROOT, type Running, run, start } from "./running.js";

/** One document a request, and as many as spacy-ann-linker's client sends at a time in `nlp.pipe(docs, batch_size=100)`. */
const LOADS = [
  { documents: 1, connections: 1, requests: 250 },
  { documents: 1, connections: 8, requests: 250 },
  { documents: 1, connections: 64, requests: 250 },
  { documents: 100, connections: 1, requests: 25 },
  { documents: 100, connections: 8, requests: 25 },
] as const;
/** The servers take turns, so that other work on the machine slows both. */
const ROUNDS = 4;
/** Requests before: JavaScript is compiled as it runs. */
const WARM_UP = 1500;

export async function compareWithAnnServer(): Promise<void> {
  const python = pythonWithClient();
  if (python === undefined || !addServer(python)) {
    return say("beside spacy-ann-linker: skipped, no Python 3.7 or 3.8 with its server can be had here");
  }
  const folder = mkdtempSync(join(tmpdir(), "linkwright-"));
  const wheel = downloadVectors(python);
  const running: Running[] = [];
  try {
    const ours = await startOurs(folder);
    running.push(ours);
    const theirs = await startTheirs(folder, python, wheel);
    running.push(theirs);
    const vectors = wheel ? "the vectors of en_core_web_md" : "random vectors";
    say(`beside spacy-ann-linker 0.3.3 with ${vectors}, one worker each, documents of one to three`);
    say(`spans, machine load ${loadavg()[0]?.toFixed(1)}:`);
    await compareLinks(ours, theirs);
    await compareSpeed(ours, theirs);
  } finally {
    for (const server of running) await server.stop();
    rmSync(folder, { recursive: true });
  }
}

/** What is made for the servers says nothing, unless it fails. */
const QUIETLY: ExecFileSyncOptions = { stdio: ["pipe", "ignore", "pipe"], env: QUIET };

/** Writes the tutorial's entities and aliases into the folder, and serves them. */
function startOurs(folder: string): Promise<Running> {
  const [tutorial, kb] = [join(folder, "tutorial"), join(folder, "kb")];
  execFileSync(process.execPath, [COMMAND, "example-data", tutorial], QUIETLY);
  execFileSync(process.execPath, [COMMAND, "create-index", tutorial, kb], QUIETLY);
  return start(kb, "--workers", "1", "--queue-limit", "256");
}

/**
 * Serves the same entities and aliases as spacy-ann-linker's documentation says: one process of uvicorn. It writes each
 * document to stdout, which goes nowhere.
 */
function startTheirs(folder: string, python: string, wheel: string | undefined): Promise<Running> {
  const [vectors, index] = [join(folder, "vectors"), join(folder, "ann")];
  const script = join(ROOT, "scripts/test-server/ann_vectors.py");
  const input = ENTITIES.map(({ description }) => description).join("\n");
  execFileSync(python, [script, vectors, ...(wheel ? [wheel] : [])], { ...QUIETLY, input });
  const command = join(dirname(python), "spacy_ann");
  execFileSync(command, ["create_index", vectors, join(folder, "tutorial"), index], QUIETLY);
  const model = join(index, "ann_linker");
  return run(command, ["serve", model, "--port", "0"], /running on (http:\S+) /, QUIET);
}

/**
 * The tutorial's request is linked by both, if not to the same: spacy-ann-linker compares names by those trigrams alone
 * that several names have, one in Python as in Amazon; and its threads build another index each time.
 */
async function compareLinks(ours: Running, theirs: Running): Promise<void> {
  for (const [name, server] of [["linkwright", ours] as const, ["spacy-ann-linker", theirs] as const]) {
    const agent = new Agent();
    const { status, body } = await ask(`${server.url}/link`, agent, JSON.stringify(annRequest()));
    const ids =
      status === 200
        ? (JSON.parse(body) as { documents: { spans: { text: string; id: string }[] }[] }).documents
            .flatMap(({ spans }) => spans)
            .map(({ text, id }) => `${text} ${id || "-"}`)
        : [`status ${status}`];
    check(
      ids.some((id) => / e\d+$/.test(id)),
      `${name} links the tutorial's request: ${ids.join(", ")}`,
    );
  }
}

/** Documents: one to three names of the knowledge base, each before what it may mean. */
function tutorialDocuments(): object[] {
  const random = makeRandom("ann-server");
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random.next() * items.length)] as T;
  return Array.from({ length: 300 }, (_, i) => {
    let context = "";
    const spans = Array.from({ length: 1 + (i % 3) }, () => {
      const { alias, entities } = pick(ALIASES);
      const meant = pick(entities);
      const start = context.length;
      context += `${alias}, ${ENTITIES.find(({ id }) => id === meant)?.description}. `;
      return { text: alias, start, end: start + alias.length, label: "NAME" };
    });
    return { spans, context };
  });
}

/** Requests of so many documents each. */
function bodiesOf(documents: readonly object[], size: number): string[] {
  const count = documents.length / size;
  return Array.from({ length: count }, (_, i) =>
    JSON.stringify({ documents: documents.slice(i * size, (i + 1) * size) }),
  );
}

async function compareSpeed(ours: Running, theirs: Running): Promise<void> {
  const all = tutorialDocuments();
  const warmUp = { bodies: bodiesOf(all, 1), connections: 8, count: WARM_UP };
  for (const server of [ours, theirs]) await putLoad(server, warmUp);
  for (const { documents, connections, requests } of LOADS) {
    const load = { bodies: bodiesOf(all, documents), documents, connections, count: requests };
    const [our, their]: [Measured[], Measured[]] = [[], []];
    for (let round = 0; round < ROUNDS; round++) {
      our.push(await putLoad(ours, load));
      their.push(await putLoad(theirs, load));
    }
    say(
      `${connections} connection${connections === 1 ? "" : "s"}, ` +
        `${documents} document${documents === 1 ? "" : "s"} a request:`,
    );
    say(`    linkwright       ${describe(together(our))}`);
    say(`    spacy-ann-linker ${describe(together(their))}`);
    say(`    ratio            ${ratios(together(our), together(their))}`);
  }
}

function ratios(our: Measured, their: Measured): string {
  const [a, b] = [figuresOf(our), figuresOf(their)];
  const ratio = (key: keyof typeof a): string => (a[key] / b[key]).toFixed(2);
  return (
    `documents/s ${ratio("perSecond")}, p50 ${ratio("p50")}, p99 ${ratio("p99")}, ` +
    `CPU-seconds ${ratio("cpuPer1000")}`
  );
}
