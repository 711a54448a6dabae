// Prints what vitest's own report says, with failed checks before it counted in; fails when anything failed or nothing ran.
import { readFileSync } from "node:fs";

const [path, checksFailed] = process.argv.slice(2);
let report = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, success: false };
try {
  report = JSON.parse(readFileSync(path, "utf8"));
} catch (error) {
  console.error(`vitest left no report: ${error.message}`);
}
const { numPassedTests: passed, numPendingTests: skipped, success } = report;
// A file that cannot be loaded fails without failing any test of its own.
const files = (report.testResults ?? []).filter((file) => file.status === "failed" && file.assertionResults.length === 0);
const failed = report.numFailedTests + files.length + Number(checksFailed);
const ok = success && failed === 0 && passed > 0;
console.log(`${passed} passed, ${ok ? 0 : Math.max(failed, 1)} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exitCode = ok ? 0 : 1;
