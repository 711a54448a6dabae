import { runCli } from "./app/commands/program.js";

/** Entry point of the add-on and the image: `irene serve` without a command line. */
process.exitCode = await runCli(["serve", ...process.argv.slice(2)], process.env);
