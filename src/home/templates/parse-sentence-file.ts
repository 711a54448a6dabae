import { isMap, isScalar, type YAMLMap } from "yaml";
import { messageOf } from "../../base/errors.js";
import { baseLanguage } from "../../text/language.js";
import type { Pattern } from "../phrase-book.js";
import { parseTemplate, TemplateError } from "./parse-template.js";
import type { ListSource, ListValue, NumberRange, SentenceFile, TemplateSource } from "./sentence-file.js";
import { YamlTree } from "./yaml-tree.js";

const KEYS = [
  "language",
  "sentences",
  "intents",
  "rules",
  "expansion_rules",
  "lists",
  "skip_words",
  "background",
];

/** More numbers than anyone says one of. */
const MAX_NUMBERS = 1001;

/**
 * Reads a file of sentence templates: `language`, `sentences` (headings with templates), `rules`, `lists`, `skip_words`,
 * `background`. Files in the shape of Home Assistant's custom sentences (`intents`, `expansion_rules`, lists with `values` and
 * `range`) are read as well.
 *
 * @param file as messages name it
 * @returns what is fine in it, and every mistake as `file:line: sentence`
 */
export function parseSentenceFile(
  file: string,
  text: string,
): { readonly sentences: SentenceFile | undefined; readonly problems: readonly string[] } {
  const tree = new YamlTree(file, text);
  if (!tree.root) return { sentences: undefined, problems: tree.problems };
  const root = tree.root;
  for (const { key } of tree.entries(root, "the file")) {
    if (!KEYS.includes(key))
      tree.problem(root.get(key, true), `"${key}" is not known here; use ${KEYS.join(", ")}`);
  }
  const language = readLanguage(tree, root);
  const rules = Object.fromEntries(
    ["rules", "expansion_rules"].flatMap((key) =>
      tree.entries(root.get(key, true), `"${key}"`).flatMap(({ key: name, value }) => {
        const pattern = readTemplate(tree, value, `the rule ${name}`);
        return pattern ? [[name, { pattern, place: tree.placeOf(value) }] as const] : [];
      }),
    ),
  );
  const lists = Object.fromEntries(
    tree.entries(root.get("lists", true), '"lists"').flatMap(({ key, value }) => {
      const list = readList(tree, key, value);
      return list ? [[key, list] as const] : [];
    }),
  );
  const words = (key: string) =>
    tree
      .items(root.get(key, true), `"${key}"`)
      .flatMap((node) => tree.text(node, `"${key}"`)?.split(/\s+/) ?? []);
  const sentences: SentenceFile = {
    file,
    language: language ?? "",
    sentences: [...readSentences(tree, root), ...readIntents(tree, root)],
    rules,
    lists,
    skipWords: words("skip_words"),
    background: words("background"),
  };
  return { sentences: language === undefined ? undefined : sentences, problems: tree.problems };
}

function readLanguage(tree: YamlTree, root: YAMLMap): string | undefined {
  const node = root.get("language", true);
  const code = node === undefined ? undefined : tree.text(node, '"language"');
  const language = baseLanguage(code ?? "");
  if (language !== "") return language;
  return tree.problem(node ?? root, 'the file needs a "language" such as en');
}

function readTemplate(tree: YamlTree, node: unknown, what: string): Pattern | undefined {
  const text = tree.text(node, what);
  if (text === undefined) return undefined;
  try {
    return parseTemplate(text);
  } catch (error) {
    if (error instanceof TemplateError) return tree.problem(node, `${what}: ${messageOf(error)}: ${text}`);
    throw error;
  }
}

/** `sentences: {lights: [template, …]}`. */
function readSentences(tree: YamlTree, root: YAMLMap): readonly TemplateSource[] {
  return tree
    .entries(root.get("sentences", true), '"sentences"')
    .flatMap(({ key, value }) => readTemplates(tree, key, value));
}

/** `intents: {HassTurnOn: {data: [{sentences: [template, …]}]}}`. */
function readIntents(tree: YamlTree, root: YAMLMap): readonly TemplateSource[] {
  return tree.entries(root.get("intents", true), '"intents"').flatMap(({ key, value }) => {
    if (!isMap(value)) return tree.problem(value, `the intent ${key} must be a mapping with "data"`) ?? [];
    return tree.items(value.get("data", true), `"data" of ${key}`).flatMap((block) => {
      if (!isMap(block)) return tree.problem(block, `the intent ${key} needs "sentences"`) ?? [];
      return readTemplates(tree, key, block.get("sentences", true));
    });
  });
}

function readTemplates(tree: YamlTree, intent: string, node: unknown): readonly TemplateSource[] {
  return tree.items(node, `the sentences of ${intent}`).flatMap((item) => {
    const pattern = readTemplate(tree, item, `a sentence of ${intent}`);
    return pattern ? [{ intent, pattern, place: tree.placeOf(item) }] : [];
  });
}

function readList(tree: YamlTree, name: string, node: unknown): ListSource | undefined {
  const place = tree.placeOf(node);
  if (!isMap(node)) {
    const values = tree.items(node, `the list ${name}`).flatMap((item) => readValue(tree, name, item) ?? []);
    return { values, ranges: [], place };
  }
  const range = node.get("range", true) ?? (node.has("from") ? node : undefined);
  if (range === undefined && !node.has("values")) {
    return tree.problem(node, `the list ${name} needs "values" or a "range"`);
  }
  const values = tree.items(node.get("values", true), `the values of ${name}`);
  const ranges = range === undefined ? undefined : readRange(tree, name, range);
  return {
    values: values.flatMap((item) => readValue(tree, name, item) ?? []),
    ranges: ranges ? [ranges] : [],
    place,
  };
}

/** `red`, or `{in: (grey|gray), out: gray}`. */
function readValue(tree: YamlTree, list: string, node: unknown): ListValue | undefined {
  const what = `a value of ${list}`;
  const said: unknown = isMap(node) ? node.get("in", true) : node;
  const say = readTemplate(tree, said, what);
  if (say === undefined) return undefined;
  if (!isLiteral(say)) return tree.problem(node, `${what} must be words without lists and rules`);
  const written: unknown = isMap(node) ? node.get("out", true) : undefined;
  const write = written === undefined ? undefined : tree.text(written, `"out" of ${what}`);
  return write === undefined ? { say } : { say, write };
}

const isLiteral = (pattern: Pattern): boolean => {
  if ("words" in pattern) return true;
  if ("all" in pattern) return pattern.all.every(isLiteral);
  if ("any" in pattern) return pattern.any.every(isLiteral);
  return "optional" in pattern && isLiteral(pattern.optional);
};

/** `{from: 0, to: 100, step: 5, write: "# minutes"}`. */
function readRange(tree: YamlTree, list: string, node: unknown): NumberRange | undefined {
  if (!isMap(node)) return tree.problem(node, `the range of ${list} must be a mapping with "from" and "to"`);
  const number = (key: string, otherwise: number | undefined): number | undefined => {
    const value: unknown = node.get(key);
    if (value === undefined) return otherwise;
    return typeof value === "number" && Number.isInteger(value) ? value : undefined;
  };
  const [from, to, step] = [number("from", undefined), number("to", undefined), number("step", 1)];
  if (from === undefined || to === undefined || step === undefined || step < 1 || to < from) {
    return tree.problem(node, `the range of ${list} needs whole numbers "from" and "to", and perhaps "step"`);
  }
  if ((to - from) / step >= MAX_NUMBERS) {
    return tree.problem(
      node,
      `the range of ${list} has more than ${MAX_NUMBERS} numbers; use a larger "step"`,
    );
  }
  const write = readForms(tree, list, node.get("write", true));
  return write && { from, to, step, write };
}

function readForms(
  tree: YamlTree,
  list: string,
  node: unknown,
): Readonly<Record<string, string>> | undefined {
  const what = `"write" of ${list}`;
  const forms = isMap(node)
    ? tree.entries(node, what).map(({ key, value }) => [key, tree.text(value, what) ?? ""] as const)
    : [["other", isScalar(node) ? (tree.text(node, what) ?? "") : "#"] as const];
  const bad = forms.find(([, form]) => !form.includes("#"));
  if (bad) return tree.problem(node, `${what} must have # where the number stands: ${bad[0]}`);
  return Object.fromEntries(forms);
}
