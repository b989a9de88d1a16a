import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { BATCH_SIZES, type BackendSpeed, measureTraining } from "../../src/cli/benchmark.js";
import { doctorText } from "../../src/cli/commands/doctor.js";
import { type DoctorReport, doctorReport, recommendation } from "../../src/cli/doctor-report.js";
import { BACKEND_NAMES, type BackendName } from "../../src/tensor/backend.js";
import { onGpu } from "../on-gpu.js";

describe("doctor", () => {
  let report: DoctorReport;
  before(async () => {
    report = await doctorReport();
  });

  it("reports every backend, and picks the first that works", () => {
    assert.deepEqual(
      report.backends.map(({ name }) => name),
      [...BACKEND_NAMES],
    );
    assert.equal(
      report.picked,
      report.backends.find(({ name, available }) => available && name !== "webgpu")?.name,
    );
  });

  it("measures the portable backends", () => {
    for (const name of ["wasm", "cpu"]) {
      const backend = report.backends.find((candidate) => candidate.name === name);
      assert.ok(backend?.available, `${name} works`);
      assert.match(backend.version, /^4\./);
      assert.ok(backend.loadMs > 0 && backend.stepMs !== undefined && backend.stepMs > 0);
    }
  });

  it("tells how to get what is missing", () => {
    for (const backend of report.backends) {
      if (!backend.available) assert.match(backend.howToGet, /npm install (webgpu|@tensorflow)/);
    }
    const text = doctorText(report);
    assert.match(text, new RegExp(`${report.picked} .*<- picked`));
    for (const line of report.advice) assert.ok(text.includes(line));
  });

  it("shows a backend that takes whole steps without the time of a layer", () => {
    const engine = "WebGPU on a card";
    const webgpu = { name: "webgpu", available: true, version: "0.6.2", engine, loadMs: 50 } as const;
    const text = doctorText({ ...report, backends: [webgpu] });
    assert.match(text, /yes .*webgpu +0\.6\.2, WebGPU on a card; loads in 50 ms, trains whole steps\n/);
  });

  it("names a backend that is installed but broken", () => {
    const text = doctorText({
      ...report,
      backends: [
        {
          name: "tfjs-node",
          available: false,
          installed: true,
          whyNot: "tfjs_binding.node can not be found",
          howToGet: "bash scripts/install-tfjs-node.sh",
        },
      ],
    });
    assert.match(text, /no {2}.*tfjs-node +tfjs_binding\.node can not be found/);
  });
});

describe("doctor --benchmark", () => {
  const speed = (name: BackendName, mentionsPerSecond: number): BackendSpeed => ({
    name,
    available: true,
    steps: [{ mentions: 64, ms: 64_000 / mentionsPerSecond, mentionsPerSecond }],
  });
  const absent = {
    name: "tfjs-node",
    available: false,
    installed: false,
    whyNot: "@tensorflow/tfjs-node is not installed",
    howToGet: "npm install @tensorflow/tfjs-node",
  } as const;

  it("times full steps of training at each batch size", async () => {
    const { name, steps } = await measureTraining("wasm", { enoughMs: 0 });
    assert.equal(name, "wasm");
    assert.deepEqual(
      steps.map(({ mentions }) => mentions),
      [...BATCH_SIZES],
    );
    for (const { mentions, ms, mentionsPerSecond } of steps) {
      assert.ok(ms > 0);
      assert.equal(mentionsPerSecond, (1000 * mentions) / ms);
    }
  });

  it(
    "times steps that a GPU takes",
    onGpu(async ({ device: { queue } }) => {
      const { submit } = queue;
      let submitted = 0;
      queue.submit = (commands) => {
        if (++submitted === 2) throw new Error("enough"); // SwiftShader takes long for them all
        submit.call(queue, commands);
      };
      await assert.rejects(measureTraining("webgpu"), { message: "enough" });
      queue.submit = submit;
    }),
  );

  it("keeps to what auto takes unless another is clearly faster", () => {
    const near = recommendation([absent, speed("wasm", 3000), speed("cpu", 3300)], "wasm");
    assert.equal(near.recommended, "wasm");
    assert.match(near.why, /"auto" takes it by itself/);
    const far = recommendation([absent, speed("wasm", 3000), speed("webgpu", 9000)], "wasm");
    assert.equal(far.recommended, "webgpu");
    assert.match(far.why, /3\.0 times as fast as wasm.*training\.backend = "webgpu"/);
  });

  it("recommends what works where auto's choice can't train", () => {
    assert.equal(recommendation([absent, speed("wasm", 3000)], "tfjs-node").recommended, "wasm");
    assert.deepEqual(recommendation([absent], "tfjs-node"), {
      recommended: "tfjs-node",
      why: "no backend could train",
    });
  });

  it("prints a line a backend, and what to take", async () => {
    const backends = [absent, speed("wasm", 3000), speed("cpu", 500)];
    const text = doctorText({
      node: { version: "20.0.0", supported: true },
      platform: "linux-x64",
      cpus: 2,
      memoryGb: 8,
      backends: [],
      picked: "wasm",
      advice: [],
      benchmark: { backends, ...recommendation(backends, "wasm") },
    });
    assert.match(text, /wasm +21\.3 ms +3000\/s/);
    assert.match(text, /tfjs-node +@tensorflow\/tfjs-node is not installed/);
    assert.match(text, /Take wasm: .*6\.0 times as fast as cpu\.\n$/);
  });
});
