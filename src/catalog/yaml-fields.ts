import { isMap, isScalar, isSeq, type Pair, type YAMLMap } from "yaml";
import { parseBytes } from "../base/units.js";
import type { YamlText } from "./yaml-text.js";

/**
 * Typed access to one YAML mapping. What is missing or of the wrong kind comes back as undefined and is noted as a
 * problem of the text; reading goes on, so that one run finds every mistake.
 */
export class YamlFields {
  readonly text: YamlText;
  /** What messages call this mapping: the model's id, or a source of it. */
  readonly label: string;
  readonly #maps: readonly YAMLMap[];
  readonly #vars: ReadonlyMap<string, string>;

  /**
   * @param maps looked up in this order: a model's own fields, then the file's defaults.
   * @param vars replace `{name}` in every string.
   */
  constructor(
    text: YamlText,
    label: string,
    maps: readonly YAMLMap[],
    vars: ReadonlyMap<string, string> = new Map(),
  ) {
    this.text = text;
    this.label = label;
    this.#maps = maps;
    this.#vars = vars;
  }

  /** The node under a key; aliases (`*name`) are followed. */
  node(key: string): unknown {
    for (const map of this.#maps) {
      const node = this.text.resolve(map.get(key, true));
      if (node !== undefined) return node;
    }
    return undefined;
  }

  has(key: string): boolean {
    return this.node(key) !== undefined;
  }

  /** The own mapping, without the defaults. */
  get own(): unknown {
    return this.#maps[0];
  }

  /** Keys of the own mapping, without the defaults. */
  keys(): readonly string[] {
    return (this.#maps[0]?.items ?? []).map(keyOf);
  }

  problem(key: string | undefined, message: string): undefined {
    this.text.problem((key && this.node(key)) ?? this.#maps[0], `${this.label}: ${message}`);
  }

  /** Notes every key that is not among these: mostly a spelling mistake. */
  refuseUnknown(known: readonly string[]): void {
    for (const key of this.keys()) {
      if (!known.includes(key)) this.problem(key, `"${key}" is not known here; use ${known.join(", ")}`);
    }
  }

  required<T>(key: string, value: T | undefined): T | undefined {
    return this.has(key) ? value : this.problem(undefined, `"${key}" is missing`);
  }

  string(key: string): string | undefined {
    const node = this.node(key);
    if (node === undefined) return undefined;
    return this.fill(node) ?? this.problem(key, `"${key}" must be text`);
  }

  /** The text of a scalar with its `{name}`s replaced; undefined for anything but text or a number. */
  fill(node: unknown): string | undefined {
    const value: unknown = isScalar(node) ? node.value : undefined;
    if (typeof value === "number") return isScalar(node) ? (node.source ?? String(value)) : undefined;
    if (typeof value !== "string" || value === "") return undefined;
    return value.replace(/\{(\w+)\}/g, (all, name: string) => {
      const found = this.#vars.get(name);
      if (found === undefined) this.text.problem(node, `${this.label}: nothing is known as ${all}`);
      return found ?? all;
    });
  }

  number(key: string, { min, max }: { readonly min: number; readonly max: number }): number | undefined {
    const node = this.node(key);
    if (node === undefined) return undefined;
    const value: unknown = isScalar(node) ? node.value : undefined;
    if (typeof value === "number" && value >= min && value <= max) return value;
    return this.problem(key, `"${key}" must be a number from ${min} to ${max}`);
  }

  /** A whole number of bytes, written as such or as "45 MB". */
  bytes(key: string): number | undefined {
    const node = this.node(key);
    if (node === undefined) return undefined;
    const bytes = parseBytes(String(isScalar(node) ? node.value : "?"));
    return bytes || this.problem(key, `"${key}" must be a size such as 1048576 or 45 MB`);
  }

  boolean(key: string): boolean | undefined {
    const node = this.node(key);
    if (node === undefined) return undefined;
    const value: unknown = isScalar(node) ? node.value : undefined;
    return typeof value === "boolean" ? value : this.problem(key, `"${key}" must be true or false`);
  }

  /** A list of texts; a single text counts as a list of one. */
  strings(key: string): readonly string[] | undefined {
    const node = this.node(key);
    if (node === undefined) return undefined;
    const texts = (isSeq(node) ? node.items : [node]).map((item) => this.fill(item));
    if (texts.every((text) => text !== undefined)) return texts;
    return this.problem(key, `"${key}" must be a list of texts`);
  }

  nodes(key: string): readonly unknown[] | undefined {
    const node = this.node(key);
    if (node === undefined) return undefined;
    return isSeq(node) ? node.items : this.problem(key, `"${key}" must be a list`);
  }

  /** The mapping under a key, read with the same replacements. */
  fields(key: string): YamlFields | undefined {
    const node = this.node(key);
    if (node === undefined) return undefined;
    return this.within(node) ?? this.problem(key, `"${key}" must be a mapping`);
  }

  within(node: unknown, label = this.label): YamlFields | undefined {
    return isMap(node) ? new YamlFields(this.text, label, [node], this.#vars) : undefined;
  }

  /** A mapping of texts. */
  record(key: string): Readonly<Record<string, string>> | undefined {
    const fields = this.fields(key);
    if (!fields) return undefined;
    const entries = fields.keys().map((name) => [name, fields.string(name)] as const);
    return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
  }

  /** Anything at all, as plain data with its `{name}`s replaced; braces around anything else stay. */
  plain(key: string): unknown {
    const node = this.node(key);
    return isMap(node) || isSeq(node) || isScalar(node) ? this.#filled(node.toJSON()) : undefined;
  }

  #filled(value: unknown): unknown {
    if (typeof value === "string") {
      return value.replace(/\{(\w+)\}/g, (all, name: string) => this.#vars.get(name) ?? all);
    }
    if (Array.isArray(value)) return value.map((item) => this.#filled(item));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, this.#filled(item)]));
  }
}

const keyOf = (pair: Pair): string => String(isScalar(pair.key) ? pair.key.value : pair.key);
