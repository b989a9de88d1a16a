/** Requests that schemathesis makes of the server's own description; answers must be as it says. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { check, say } from "./report.js";
import { start } from "./running.js";
import { STARTER } from "./starter.js";

const CHECKS = [
  "not_a_server_error",
  "status_code_conformance",
  "content_type_conformance",
  "response_schema_conformance",
  "unsupported_method",
];

export async function schemathesis(): Promise<void> {
  const venv = join(tmpdir(), "linkwright-schemathesis");
  const st = join(venv, "bin/st");
  if (!existsSync(st)) {
    spawnSync("python3", ["-m", "venv", venv], { stdio: "ignore" });
    const { status } = spawnSync(join(venv, "bin/pip"), ["install", "-q", "schemathesis"]);
    if (status !== 0) return say("schemathesis: skipped, Python can't install it here");
  }
  const server = await start(STARTER, "--workers", "2");
  const args = [
    "run",
    `${server.url}/openapi.json`,
    "--checks",
    CHECKS.join(","),
    "--max-examples",
    "100",
    "--seed",
    "1",
  ];
  const ran = spawnSync(st, args, { encoding: "utf8", cwd: venv }); // it leaves a cache there
  await server.stop();
  say(ran.stdout.trim().split("\n").slice(-12).join("\n"));
  check(ran.status === 0, "schemathesis finds no server error, and no answer but those described");
}
