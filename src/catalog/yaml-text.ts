import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type YAMLMap,
} from "yaml";

/** One YAML file being read: every mistake is noted with its line, so that all can be reported at once. */
export class YamlText {
  /** As errors name it. */
  readonly file: string;
  /** `file:line: sentence`, in the order found. */
  readonly problems: string[] = [];
  /** The top-level mapping; undefined when the text is not a mapping at all, which is then a problem. */
  readonly root: YAMLMap | undefined;
  readonly #lines = new LineCounter();
  readonly #document: Document;

  constructor(file: string, text: string) {
    this.file = file;
    const document = parseDocument(text, { lineCounter: this.#lines, uniqueKeys: true });
    this.#document = document;
    for (const error of document.errors) {
      const line = error.linePos?.[0].line ?? 1;
      this.problems.push(`${file}:${line}: ${error.message.split("\n")[0]?.replace(/:$/, "")}`);
    }
    const contents: unknown = document.contents;
    this.root = isMap(contents) ? contents : undefined;
    if (!this.root && document.errors.length === 0) {
      this.problems.push(`${file}:1: the file must be a mapping with "provider", "capability" and "models"`);
    }
  }

  /** The node meant by an alias (`*name`); any other node as it is. */
  resolve(node: unknown): unknown {
    return isAlias(node) ? node.resolve(this.#document) : node;
  }

  /** Line a node starts at, counted from 1. */
  lineOf(node: unknown): number {
    const start = isNode(node) ? node.range?.[0] : undefined;
    return start === undefined ? 1 : this.#lines.linePos(start).line;
  }

  /** `file:line` of a node. */
  placeOf(node: unknown): string {
    return `${this.file}:${this.lineOf(node)}`;
  }

  problem(node: unknown, message: string): void {
    this.problems.push(`${this.placeOf(node)}: ${message}`);
  }
}

const isNode = (value: unknown): value is Node => isMap(value) || isSeq(value) || isScalar(value);
