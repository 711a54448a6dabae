import { mkdirSync, writeFileSync } from "node:fs";
import { arch, availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";

const RESULTS = fileURLToPath(new URL("../results/", import.meta.url));

/** One line of a table: column to what stands there. */
export type Row = Readonly<Record<string, string | number>>;

/** What a benchmark found. */
export interface Figures {
  /** Name of the benchmark: `first-request`. */
  readonly name: string;
  readonly title: string;
  readonly rows: readonly Row[];
  /** Single measured values, for those who compare runs. */
  readonly raw?: unknown;
}

/** Prints a table in Markdown and writes `results/<name>.json` with the date and the kind of machine. */
export function report({ name, title, rows, raw }: Figures): void {
  console.log(`\n${title}\n\n${markdown(rows)}\n`);
  mkdirSync(RESULTS, { recursive: true });
  const machine = { cores: availableParallelism(), arch: arch(), node: process.version };
  const content = { name, title, date: new Date().toISOString(), machine, rows, raw };
  writeFileSync(`${RESULTS}${name}.json`, `${JSON.stringify(content, undefined, 2)}\n`);
}

function markdown(rows: readonly Row[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const line = (cells: readonly unknown[]) => `| ${cells.join(" | ")} |`;
  return [
    line(columns),
    line(columns.map(() => "---")),
    ...rows.map((row) => line(columns.map((column) => row[column] ?? ""))),
  ].join("\n");
}
