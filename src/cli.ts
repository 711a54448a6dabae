#!/usr/bin/env node
import { runCli } from "./app/commands/program.js";

process.exitCode = await runCli(process.argv.slice(2), process.env);
