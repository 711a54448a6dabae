import { readFileSync } from "node:fs";

/** The folder the program was installed in: the one with `package.json` and `models/`. */
export const PROGRAM_DIR = new URL("../../", import.meta.url);

/** Version of the program, from its package. */
export const VERSION: string = (
  JSON.parse(readFileSync(new URL("package.json", PROGRAM_DIR), "utf8")) as { version: string }
).version;
