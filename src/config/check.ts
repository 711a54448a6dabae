import convict from "convict";
import { ConfigError, messageOf } from "../base/errors.js";
import type { Option } from "./option.js";
import { type Config, isOption, leaves, OPTIONS, type OptionTree } from "./schema.js";

type Tree = Record<string, unknown>;

/**
 * The whole tree from the layers, later ones winning.
 * @throws {ConfigError} `config-invalid`, listing every problem with the option's path and what is accepted
 */
export function buildConfig(layers: readonly object[]): Config {
  // convict writes into the schema it is given.
  const settings = convict(copyTree(OPTIONS) as convict.Schema<unknown>, { env: {}, args: [] });
  const problems: string[] = [];
  for (const layer of layers) settings.load(checked(layer as Tree, OPTIONS, "", problems));
  try {
    settings.validate({ allowed: "strict" });
  } catch (error) {
    problems.push(...explain(messageOf(error)));
  }
  if (problems.length > 0) {
    const count = problems.length === 1 ? "a problem" : `${problems.length} problems`;
    throw new ConfigError(
      "config-invalid",
      `The configuration has ${count}:\n${problems.map((line) => `  ${line}`).join("\n")}`,
    );
  }
  return settings.getProperties() as unknown as Config;
}

/** A layer of nested values from option paths. */
export function nest(values: ReadonlyMap<string, unknown>): Tree {
  const tree: Tree = {};
  for (const [path, value] of values) {
    const parts = path.split(".");
    let branch = tree;
    for (const part of parts.slice(0, -1)) {
      const below = (branch[part] as Tree | undefined) ?? {};
      branch[part] = below;
      branch = below;
    }
    branch[parts.at(-1) ?? path] = value;
  }
  return tree;
}

/**
 * Checks each value where it is given, since convict would turn the text "80x" into the number 80, and drops what is
 * wrong or empty.
 */
function checked(layer: Tree, options: OptionTree, prefix: string, problems: string[]): Tree {
  const kept: Tree = {};
  for (const [key, value] of Object.entries(layer)) {
    const path = `${prefix}${key}`;
    const node = options[key];
    if (value === null || value === undefined) continue;
    if (node === undefined) kept[key] = value;
    else if (isOption(node)) {
      if (accepts(node, value)) kept[key] = value;
      else
        problems.push(
          `${path}: must be ${node.accepts}, not ${node.sensitive ? "what was given" : JSON.stringify(value)}`,
        );
    } else if (typeof value !== "object" || Array.isArray(value)) {
      problems.push(`${path}: must be a group of options (${Object.keys(node).join(", ")})`);
    } else kept[key] = checked(value as Tree, node, `${path}.`, problems);
  }
  return kept;
}

function accepts(option: Option<unknown>, value: unknown): boolean {
  try {
    option.format(value);
    return true;
  } catch (error) {
    return !(error instanceof Error);
  }
}

function copyTree(tree: unknown): unknown {
  if (typeof tree !== "object" || tree === null || Array.isArray(tree)) return tree;
  return Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, copyTree(value)]));
}

function explain(message: string): readonly string[] {
  const known = leaves();
  return message
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map((line) => {
      const undeclared = /^configuration param '(.+)' not declared in the schema$/.exec(line)?.[1];
      return undeclared ? `${undeclared}: there is no such option${suggestion(undeclared, known)}` : line;
    });
}

/** The known option with the same last name, for a key put in the wrong place. */
function suggestion(path: string, known: ReadonlyMap<string, unknown>): string {
  const name = path.split(".").at(-1);
  const near = [...known.keys()].find((other) => other.split(".").at(-1) === name);
  return near ? `; did you mean ${near}?` : "";
}
