/** A compact reporter for node:test: one line a file, failures and skips in words, then node's own summary. */
import { relative } from "node:path";
import { inspect } from "node:util";

// biome-ignore lint/style/noDefaultExport: node:test takes a reporter's default export
export default async function* compact(events) {
  let current = { file: "", passed: 0, failed: 0, skipped: 0, ms: 0 };
  const failures = [];
  for await (const { type, data } of events) {
    if (type === "test:stdout" || type === "test:stderr") yield data.message;
    if (type === "test:diagnostic" && data.nesting === 0 && !data.file) {
      if (current.file) yield line(current);
      current = { ...current, file: "" };
      yield* failures.splice(0);
      yield `# ${data.message}\n`;
    }
    if (type !== "test:pass" && type !== "test:fail") continue;
    const file = data.file ?? data.name;
    if (file !== current.file) {
      if (current.file) yield line(current);
      current = { file, passed: 0, failed: 0, skipped: 0, ms: 0 };
    }
    if (data.nesting === 0) current.ms += data.details.duration_ms;
    if (data.details.type === "suite") {
      // A failed hook is an error of the suite, which says more than its cancelled tests.
      if (data.details.error && data.details.error.failureType !== "subtestsFailed")
        failures.push(failure(data));
      continue;
    }
    if (data.skip !== undefined) {
      current.skipped++;
      yield `  skipped: ${data.name}${typeof data.skip === "string" ? ` (${data.skip})` : ""}\n`;
    } else if (type === "test:pass") {
      current.passed++;
    } else {
      current.failed++;
      failures.push(failure(data));
    }
  }
}

function line({ file, passed, failed, skipped, ms }) {
  const counts = [`${passed} passed`, failed && `${failed} failed`, skipped && `${skipped} skipped`].filter(
    Boolean,
  );
  return `${failed ? "FAIL" : "ok  "} ${relative(process.cwd(), file)}: ${counts.join(", ")} (${Math.round(ms)} ms)\n`;
}

function failure({ name, file, line: row, details }) {
  const cause = details.error?.cause ?? details.error;
  const text = cause?.stack ?? (typeof cause === "string" ? cause : inspect(cause));
  return `\nFAIL ${name}\n  ${file ? relative(process.cwd(), file) : ""}${row ? `:${row}` : ""}\n${text.replace(/^/gm, "  ")}\n\n`;
}
