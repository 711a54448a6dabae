import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Catalog } from "../src/catalog/catalog.js";
import { loadCatalog } from "../src/catalog/load.js";
import type { Option } from "../src/config/option.js";
import { PROVIDER_OPTIONS } from "../src/config/provider-options.js";
import { isOption, OPTIONS, type OptionTree } from "../src/config/schema.js";

/** The catalog that comes with the program. */
export const ownCatalog = (): Promise<Catalog> =>
  loadCatalog({ program: fileURLToPath(new URL("../models", import.meta.url)) });

/** The documentation page of the add-on. */
export const DOCS = fileURLToPath(new URL("../DOCS.md", import.meta.url));

type Leaves = readonly (readonly [path: string, option: Option<unknown>])[];

/** The page with its tables made anew from the schema and the catalog. */
export function withTables(page: string, catalog: Catalog): string {
  return between(between(page, "options", optionTables()), "licences", licenceTable(catalog));
}

/** What stands between two marks is replaced. */
function between(page: string, mark: string, made: string): string {
  const [begin, end] = [`<!-- ${mark}: made by \`npm run docs\`, not by hand -->`, `<!-- /${mark} -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`DOCS.md lacks the lines ${begin} and ${end}`);
  return `${page.slice(0, from)}${begin}\n\n${made}\n\n${page.slice(to)}`;
}

/** Licences by provider; those of the most models come first. */
function licenceTable(catalog: Catalog): string {
  const providers = [...new Set(catalog.models.map(({ provider }) => provider))].sort();
  const rows = providers.map((provider) => {
    const licences = catalog.byProvider(provider).map(({ licence }) => licence);
    const count = (wanted: string) => licences.filter(({ id }) => id === wanted).length;
    const ids = [...new Set(licences.map(({ id }) => id))].sort(
      (x, y) => count(y) - count(x) || (x < y ? -1 : 1),
    );
    const free = licences.filter(({ commercial }) => commercial).length;
    const use = free === licences.length ? "yes" : free === 0 ? "no" : `${free} of ${licences.length} models`;
    return `| ${provider} | ${ids.map(licenceName).join(", ")} | ${use} |`;
  });
  return ["| provider | licence | commercial use |", "| --- | --- | --- |", ...rows].join("\n");
}

/** A table for each group of options. */
function optionTables(): string {
  const { providers: _, ...own } = OPTIONS;
  const groups = Object.entries(own as OptionTree);
  const general = groups.filter(([, node]) => isOption(node)) as Leaves;
  const grouped = groups.flatMap(([name, node]) => (isOption(node) ? [] : section(name, leavesOf(node))));
  return [...section("General", general), ...grouped, ...providerSections()].join("\n\n");
}

/** What all providers have is said once. */
function providerSections(): readonly string[] {
  const providers = Object.entries(PROVIDER_OPTIONS).flatMap(([kind, named]) =>
    Object.entries(named as Readonly<Record<string, OptionTree>>).map(([name, options]) => ({
      name: `providers.${kind}.${name}`,
      options: leavesOf(options),
    })),
  );
  const isCommon = ([key, { doc }]: Leaves[number]): boolean =>
    providers.every(({ options }) => options.some(([other, option]) => other === key && option.doc === doc));
  const common = (providers[0]?.options ?? []).filter(isCommon);
  const names = providers.map(({ name }) => `\`${name}\``).join(", ");
  return [
    ...section("providers", common),
    `These are there for each of ${names}. Some have more:`,
    ...providers.flatMap(({ name, options }) =>
      section(
        name,
        options.filter((leaf) => !isCommon(leaf)),
      ),
    ),
  ];
}

function section(name: string, leaves: Leaves): readonly string[] {
  if (leaves.length === 0) return [];
  const title = name === "General" ? name : `\`${name}\``;
  const rows = leaves.map(
    ([key, option]) => `| \`${key}\`${pageNote(key, option)} | ${shown(option)} | ${cell(option.doc)} |`,
  );
  return [
    `#### ${title}`,
    ["| option | default | what it does |", "| --- | --- | --- |", ...rows].join("\n"),
  ];
}

/** On the add-on's page, where options stand in one row, some have longer names. */
function pageNote(key: string, { pageName }: Option<unknown>): string {
  if (pageName === undefined) return "";
  return pageName === key ? " ●" : ` ● \`${pageName}\``;
}

function shown(option: Option<unknown>): string {
  const { default: value, accepts } = option;
  const plain = value === "" ? "empty" : `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
  // Types that speak for themselves need no words.
  const range = ["text", "true or false", "a list of texts"].includes(accepts) ? "" : `<br>${cell(accepts)}`;
  return `${plain}${range}`;
}

/** `LicenseRef-public-domain` is SPDX for a licence without a name of its own. */
const licenceName = (id: string): string =>
  id.startsWith("LicenseRef-") ? id.slice("LicenseRef-".length).replaceAll("-", " ") : id;

const leavesOf = (tree: OptionTree): Leaves =>
  Object.entries(tree).flatMap(([key, node]) =>
    isOption(node)
      ? [[key, node] as const]
      : leavesOf(node).map(([below, leaf]) => [`${key}.${below}`, leaf] as const),
  );

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(DOCS, withTables(readFileSync(DOCS, "utf8"), await ownCatalog()));
}
