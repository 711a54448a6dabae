#!/usr/bin/env node
import { runCli } from "./app/commands/program.js";

// The clock's timers keep no process alive, and at times a command waits for nothing else.
const working = setInterval(() => undefined, 2 ** 30);
process.exitCode = await runCli(process.argv.slice(2), process.env).finally(() => clearInterval(working));
