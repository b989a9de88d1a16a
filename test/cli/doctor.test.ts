import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { doctorText } from "../../src/cli/commands/doctor.js";
import { type DoctorReport, doctorReport } from "../../src/cli/doctor-report.js";
import { BACKEND_NAMES } from "../../src/tensor/backend.js";

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
    assert.equal(report.picked, report.backends.find(({ available }) => available)?.name);
  });

  it("measures the portable backends", () => {
    for (const name of ["wasm", "cpu"]) {
      const backend = report.backends.find((candidate) => candidate.name === name);
      assert.ok(backend?.available, `${name} works`);
      assert.match(backend.version, /^4\./);
      assert.ok(backend.stepMs > 0 && backend.loadMs > 0);
    }
  });

  it("tells how to get what is missing", () => {
    for (const backend of report.backends) {
      if (!backend.available) assert.match(backend.howToGet, /npm install @tensorflow/);
    }
    const text = doctorText(report);
    assert.match(text, new RegExp(`${report.picked} .*<- picked`));
    for (const line of report.advice) assert.ok(text.includes(line));
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
