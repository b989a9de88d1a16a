import picocolors from "picocolors";
import type { BackendReport } from "../../tensor/probe.js";
import type { Command } from "../command.js";
import type { DoctorReport } from "../doctor-report.js";

/** Colours on a terminal alone: picocolors would write them into a CI's log or a file too. */
const pc = picocolors.createColors(process.stdout.isTTY === true && picocolors.isColorSupported);

interface DoctorArguments {
  json: boolean;
}

export const doctorCommand: Command<DoctorArguments> = {
  builder: (yargs) =>
    yargs.option("json", {
      type: "boolean",
      default: false,
      describe: "Print the report as one JSON object",
    }),
  handler: async ({ json }) => {
    const { doctorReport } = await import("../doctor-report.js");
    const report = await doctorReport();
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
  ];
  return `${lines.join("\n")}\n`;
}

function backendLines(report: BackendReport, picked: boolean): string[] {
  const name = report.name.padEnd(14);
  if (!report.available) return [`  ${pc.yellow("no ")} ${name} ${report.whyNot}`];
  const figures = `loads in ${report.loadMs.toFixed(0)} ms, a step takes ${report.stepMs.toFixed(1)} ms`;
  const mark = picked ? pc.bold("  <- picked") : "";
  return [`  ${pc.green("yes")} ${name} ${report.version}, ${report.engine}; ${figures}${mark}`];
}
