import { execFileSync } from "node:child_process";

/** Children under test run the built program, so it is built once before any test file. */
export function setup(): void {
  execFileSync("npm", ["run", "--silent", "build"], { stdio: "inherit" });
}
