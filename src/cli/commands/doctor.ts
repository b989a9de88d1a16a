import picocolors from "picocolors";
import type { BackendReport } from "../../tensor/probe.js";
import type { Command } from "../command.js";
import type { Benchmark, DoctorReport } from "../doctor-report.js";

/** Colours on a terminal alone: picocolors would write them into a CI's log or a file too. */
const pc = picocolors.createColors(process.stdout.isTTY === true && picocolors.isColorSupported);

interface DoctorArguments {
  readonly json: boolean;
  readonly benchmark: boolean;
}

export const doctorCommand: Command<DoctorArguments> = {
  builder: (yargs) =>
    yargs
      .option("benchmark", {
        type: "boolean",
        default: false,
        describe: "Time training steps of the default model on every backend: half a minute, or a few",
      })
      .option("json", {
        type: "boolean",
        default: false,
        describe: "Print the report as one JSON object",
      })
      .strict(),
  handler: async ({ json, benchmark }) => {
    const { doctorReport } = await import("../doctor-report.js");
    const report = await doctorReport({ benchmark });
    process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : doctorText(report));
  },
};

/** The report for people. */
export function doctorText(report: DoctorReport): string {
  const { node, picked, advice } = report;
  const lines = [
    `Node      ${node.version}${node.supported ? "" : pc.red(" (too old)")}`,
    `Machine   ${report.platform}, ${report.cpus} CPUs, ${report.memoryGb} GB`,
    "Backends  (a step: training two dense layers, 256 rows)",
    ...report.backends.flatMap((backend) => backendLines(backend, backend.name === picked)),
    ...(advice.length > 0 ? ["What would help"] : []),
    ...advice.map((line) => `  - ${line}`),
    ...(report.benchmark ? benchmarkLines(report.benchmark) : []),
  ];
  return `${lines.join("\n")}\n`;
}

function benchmarkLines({ backends, recommended, why }: Benchmark): string[] {
  const rows = backends.map((speed) => {
    if (!speed.available) return `  ${speed.name.padEnd(14)} ${speed.whyNot}`;
    const steps = speed.steps.map(
      ({ ms, mentionsPerSecond }) =>
        `${ms.toFixed(1).padStart(10)} ms${mentionsPerSecond.toFixed(0).padStart(8)}/s`,
    );
    return `  ${speed.name.padEnd(14)}${steps.join("  ")}`;
  });
  const measured = backends.find((speed) => speed.available);
  const sizes = measured?.steps.map(({ mentions }) => `${mentions} mentions`.padStart(23)).join("  ") ?? "";
  return [
    "Training the default model, ms a step and mentions a second",
    `  ${"".padEnd(14)}${sizes}`,
    ...rows,
    `Take ${pc.bold(recommended)}: ${why}.`,
  ];
}

function backendLines(report: BackendReport, picked: boolean): string[] {
  const name = report.name.padEnd(14);
  if (!report.available) return [`  ${pc.yellow("no ")} ${name} ${report.whyNot}`];
  const step =
    report.stepMs === undefined ? "trains whole steps" : `a step takes ${report.stepMs.toFixed(1)} ms`;
  const figures = `loads in ${report.loadMs.toFixed(0)} ms, ${step}`;
  const mark = picked ? pc.bold("  <- picked") : "";
  return [`  ${pc.green("yes")} ${name} ${report.version}, ${report.engine}; ${figures}${mark}`];
}
