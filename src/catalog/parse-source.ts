import type { ModelFile, ModelSource, NpmMember } from "./manifest.js";
import type { YamlFields } from "./yaml-fields.js";

const KINDS = ["npm", "http", "archive", "file", "parts"] as const;

/** Recipes a source may name. They turn fetched files into the one a loader wants. */
export const RECIPES = ["llama-tokens", "piper-metadata", "piper-tokens"] as const;

/**
 * One entry of `sources:`. Its kind is the key it has: `npm`, `http`, `archive`, `file` or `parts`.
 * Mistakes are noted in the text; the source is then undefined.
 */
export function parseSource(fields: YamlFields, files: readonly ModelFile[]): ModelSource | undefined {
  const kinds = KINDS.filter((kind) => fields.has(kind));
  const kind = kinds[0];
  if (!kind || kinds.length > 1) {
    return fields.problem(undefined, `a source needs exactly one of ${KINDS.join(", ")}`);
  }
  switch (kind) {
    case "npm":
      return npmSource(fields, files);
    case "http":
      return httpSource(fields, files);
    case "archive":
      return archiveSource(fields);
    case "file":
      return fileSource(fields);
    case "parts":
      return partsSource(fields, files);
  }
}

function npmSource(fields: YamlFields, files: readonly ModelFile[]): ModelSource | undefined {
  fields.refuseUnknown(["npm", "integrity"]);
  const members = fields.fields("npm");
  if (!members) return undefined;
  const integrity = fields.record("integrity") ?? {};
  const parsed = members.keys().map((role) => {
    knownRole(members, role, files);
    return npmMember(members, role, integrity);
  });
  const whole = parsed.filter((member) => member !== undefined);
  return whole.length === parsed.length ? { kind: "npm", members: whole } : undefined;
}

/** `name@1.2.3/path/inside`, or `{from: …, recipe: …}` around it. */
function npmMember(
  members: YamlFields,
  role: string,
  integrity: Readonly<Record<string, string>>,
): NpmMember | undefined {
  const detailed = members.within(members.node(role));
  detailed?.refuseUnknown(["from", "recipe"]);
  const address = detailed ? detailed.string("from") : members.string(role);
  const match = /^((?:@[^/@]+\/)?[^/@]+@\d+\.\d+\.\d+[^/]*)\/(.+)$/.exec(address ?? "");
  if (!match?.[1] || !match[2]) {
    return members.problem(role, `"${role}" must be an exact package, version and path: name@1.2.3/path`);
  }
  const recipe = detailed && recipeIn(detailed, "recipe");
  const pinned = integrity[match[1]];
  return {
    role,
    package: match[1],
    member: match[2],
    ...(pinned && { integrity: pinned }),
    ...(recipe && { recipe }),
  };
}

/** `http: <base>` appends each file's path (or its entry in `names`); `http: {role: address}` spells them out. */
function httpSource(fields: YamlFields, files: readonly ModelFile[]): ModelSource | undefined {
  fields.refuseUnknown(["http", "names", "recipes"]);
  const recipes = recipesOf(fields, files);
  const names = fields.record("names") ?? {};
  const byRole = fields.within(fields.node("http"));
  let urls: Readonly<Record<string, string>>;
  if (byRole) {
    for (const role of byRole.keys()) knownRole(byRole, role, files);
    urls = fields.record("http") ?? {};
  } else {
    const base = fields.string("http");
    if (!base) return undefined;
    // A role that only a recipe makes is not fetched, unless the recipe's input has a name there.
    const fetched = files.filter(({ role }) => names[role] || recipes?.[role] !== "piper-tokens");
    urls = Object.fromEntries(
      fetched.map(({ role, path }) => [role, `${base.replace(/\/$/, "")}/${names[role] ?? path}`]),
    );
  }
  for (const url of Object.values(urls)) {
    if (!isWebAddress(url)) return fields.problem("http", `"${url}" is not an http(s) address`);
  }
  return { kind: "http", urls, ...(recipes && { recipes }) };
}

function archiveSource(fields: YamlFields): ModelSource | undefined {
  fields.refuseUnknown(["archive", "bytes", "sha256", "strip", "members", "maxUnpacked"]);
  const url = fields.string("archive");
  if (!url) return undefined;
  if (!isWebAddress(url)) return fields.problem("archive", `"${url}" is not an http(s) address`);
  const bytes = fields.bytes("bytes");
  const sha256 = hashIn(fields, "sha256", 64);
  const members = fields.record("members");
  const maxUnpackedBytes = fields.bytes("maxUnpacked");
  return {
    kind: "archive",
    url,
    stripComponents: fields.number("strip", { min: 0, max: 4 }) ?? 0,
    ...(bytes && { bytes }),
    ...(sha256 && { sha256 }),
    ...(members && { members }),
    ...(maxUnpackedBytes && { maxUnpackedBytes }),
  };
}

function fileSource(fields: YamlFields): ModelSource | undefined {
  fields.refuseUnknown(["file", "names", "recipes"]);
  const dir = fields.string("file");
  if (!dir) return undefined;
  if (!dir.startsWith("/")) return fields.problem("file", `"${dir}" must be an absolute folder`);
  const names = fields.record("names");
  const recipes = recipesOf(fields, undefined);
  return { kind: "file", dir, ...(names && { names }), ...(recipes && { recipes }) };
}

function partsSource(fields: YamlFields, files: readonly ModelFile[]): ModelSource | undefined {
  fields.refuseUnknown(["parts"]);
  const parts = (fields.nodes("parts") ?? []).map((node) => {
    const part = fields.within(fields.text.resolve(node));
    return part ? parseSource(part, files) : fields.problem("parts", "a part must be a mapping");
  });
  const whole = parts.filter((part) => part !== undefined);
  return whole.length === parts.length && whole.length > 0 ? { kind: "parts", parts: whole } : undefined;
}

function recipesOf(
  fields: YamlFields,
  files: readonly ModelFile[] | undefined,
): Readonly<Record<string, string>> | undefined {
  const recipes = fields.fields("recipes");
  for (const role of recipes?.keys() ?? []) {
    if (files && recipes) knownRole(recipes, role, files);
    if (recipes) recipeIn(recipes, role);
  }
  return fields.record("recipes");
}

function recipeIn(fields: YamlFields, key: string): string | undefined {
  const recipe = fields.string(key);
  if (recipe === undefined || (RECIPES as readonly string[]).includes(recipe)) return recipe;
  return fields.problem(key, `there is no recipe "${recipe}"; there are ${RECIPES.join(", ")}`);
}

function knownRole(fields: YamlFields, role: string, files: readonly ModelFile[]): void {
  if (!files.some((file) => file.role === role)) fields.problem(role, `"${role}" is not under "files"`);
}

/** A checksum in hex of so many digits. */
export function hashIn(fields: YamlFields, key: string, digits: number): string | undefined {
  const hash = fields.string(key);
  if (hash === undefined) return undefined;
  if (new RegExp(`^[0-9a-f]{${digits}}$`, "i").test(hash)) return hash.toLowerCase();
  return fields.problem(key, `"${key}" must be ${digits} hex digits`);
}

const isWebAddress = (url: string): boolean => /^https?:\/\/[^\s/]+\/\S+$/.test(url);
