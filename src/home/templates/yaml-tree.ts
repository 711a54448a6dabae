import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLMap } from "yaml";

const isNode = (value: unknown): value is Node => isMap(value) || isSeq(value) || isScalar(value);

/** A YAML text of sentence templates: mistakes are noted with their line and reading goes on. */
export class YamlTree {
  /** As messages name it. */
  readonly file: string;
  /** `file:line: sentence`, in the order found. */
  readonly problems: string[] = [];
  /** Undefined when the text is not a mapping, which is a problem then. */
  readonly root: YAMLMap | undefined;
  readonly #lines = new LineCounter();

  constructor(file: string, text: string) {
    this.file = file;
    const document = parseDocument(text, { lineCounter: this.#lines, uniqueKeys: true });
    for (const error of document.errors) {
      const line = error.linePos?.[0].line ?? 1;
      this.problems.push(`${file}:${line}: ${error.message.split("\n")[0]?.replace(/:$/, "")}`);
    }
    this.root = isMap(document.contents) ? document.contents : undefined;
    if (!this.root && document.errors.length === 0) {
      this.problems.push(`${file}:1: the file must be a mapping with "language" and "sentences"`);
    }
  }

  /** `file:line` of a node. */
  placeOf(node: unknown): string {
    const start = isNode(node) ? node.range?.[0] : undefined;
    return `${this.file}:${start === undefined ? 1 : this.#lines.linePos(start).line}`;
  }

  problem(node: unknown, message: string): undefined {
    this.problems.push(`${this.placeOf(node)}: ${message}`);
    return undefined;
  }

  /** Key, value and the node to blame, of a mapping; anything else is a problem, except nothing at all. */
  entries(node: unknown, what: string): readonly { readonly key: string; readonly value: unknown }[] {
    if (node === undefined || node === null || (isScalar(node) && node.value === null)) return [];
    if (!isMap(node)) return this.problem(node, `${what} must be a mapping`) ?? [];
    return node.items.map(({ key, value }) => ({ key: String(isScalar(key) ? key.value : key), value }));
  }

  /** Members of a list; a single text counts as a list of one. */
  items(node: unknown, what: string): readonly unknown[] {
    if (node === undefined || node === null || (isScalar(node) && node.value === null)) return [];
    if (isScalar(node)) return [node];
    return isSeq(node) ? node.items : (this.problem(node, `${what} must be a list`) ?? []);
  }

  text(node: unknown, what: string): string | undefined {
    const value: unknown = isScalar(node) ? node.value : undefined;
    if (typeof value === "string" && value.trim() !== "") return value;
    // YAML reads words such as "on" and "12" as something else than text.
    if (isScalar(node) && (typeof value === "number" || typeof value === "boolean"))
      return node.source ?? String(value);
    return this.problem(node, `${what} must be text`);
  }
}
