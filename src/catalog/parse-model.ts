import {
  CAPABILITIES,
  type Capability,
  type Licence,
  type ModelFile,
  type ModelManifest,
} from "./manifest.js";
import { hashIn, parseSource } from "./parse-source.js";
import type { YamlFields } from "./yaml-fields.js";

const FIELDS = [
  "title",
  "aliases",
  "languages",
  "licence",
  "attribution",
  "quality",
  "memory",
  "compute",
  "download",
  "files",
  "sources",
  "params",
  "speakers",
  "vars",
] as const;

/** What a model shares with its file. */
export interface FileContext {
  readonly provider: string;
  readonly capability: Capability;
}

/** One entry of `models:`. Mistakes are noted in the fields' text; the manifest is then undefined. */
export function parseModel(name: string, fields: YamlFields, file: FileContext): ModelManifest | undefined {
  fields.refuseUnknown(FIELDS);
  if (!isModelName(name)) {
    return fields.problem(
      undefined,
      `"${name}" may have only letters, digits, ".", "_" and "-", the first no sign`,
    );
  }
  const files = parseFiles(fields);
  const sources = parseSources(fields, files);
  const title = fields.required("title", fields.string("title"));
  const languages = fields.required("languages", fields.has("languages") ? fields.strings("languages") : []);
  const licence = fields.required("licence", parseLicence(fields));
  const attribution = parseAttribution(fields);
  const quality = fields.required("quality", fields.number("quality", { min: 0, max: 100 }));
  const memory = parseMemory(fields);
  if (title === undefined || !languages || !licence || !attribution || quality === undefined || !memory) {
    return undefined;
  }
  return {
    id: `${file.provider}/${name}`,
    provider: file.provider,
    capability: file.capability,
    title,
    languages,
    licence,
    attribution,
    quality,
    memory,
    files,
    sources,
    params: (fields.plain("params") ?? {}) as Readonly<Record<string, unknown>>,
    origin: fields.text.placeOf(fields.own),
    ...optional(fields),
  };
}

function optional(fields: YamlFields): Partial<ModelManifest> {
  const aliases = fields.strings("aliases");
  const speakers = fields.strings("speakers");
  const computeSeconds = fields.number("compute", { min: 0, max: 1000 });
  const downloadBytes = fields.bytes("download");
  return {
    ...(aliases && { aliases }),
    ...(speakers && { speakers }),
    ...(computeSeconds !== undefined && { computeSeconds }),
    ...(downloadBytes !== undefined && { downloadBytes }),
  };
}

/** `role: path`, or `role: {path, bytes, sha256, md5}`. A path that ends in `/` is a whole folder. */
function parseFiles(fields: YamlFields): readonly ModelFile[] {
  const roles = fields.fields("files");
  const files: ModelFile[] = [];
  for (const role of roles?.keys() ?? []) {
    const detail = roles?.within(roles.node(role));
    detail?.refuseUnknown(["path", "bytes", "sha256", "md5"]);
    const path = detail ? detail.string("path") : roles?.string(role);
    if (!path || !isInside(path)) {
      roles?.problem(role, `"${role}" must be a path inside the model's folder`);
      continue;
    }
    const bytes = detail?.bytes("bytes");
    const sha256 = detail && hashIn(detail, "sha256", 64);
    const md5 = detail && hashIn(detail, "md5", 32);
    files.push({ role, path, ...(bytes && { bytes }), ...(sha256 && { sha256 }), ...(md5 && { md5 }) });
  }
  return files;
}

function parseSources(fields: YamlFields, files: readonly ModelFile[]): ModelManifest["sources"] {
  const sources = (fields.nodes("sources") ?? []).map((node) => {
    const source = fields.within(fields.text.resolve(node));
    return source ? parseSource(source, files) : fields.problem("sources", "a source must be a mapping");
  });
  if (files.length > 0 && sources.length === 0) {
    fields.problem(undefined, '"sources" is missing: say where the files come from');
  }
  return sources.filter((source) => source !== undefined);
}

/** An SPDX expression, or `{id, url, commercial}`. Non-commercial is told from `-NC` where not said. */
function parseLicence(fields: YamlFields): Licence | undefined {
  const detail = fields.within(fields.node("licence"));
  detail?.refuseUnknown(["id", "url", "commercial"]);
  const id = detail ? detail.string("id") : fields.string("licence");
  if (!id) return undefined;
  const url = detail?.string("url");
  return { id, commercial: detail?.boolean("commercial") ?? !/-NC\b/i.test(id), ...(url && { url }) };
}

function parseAttribution(fields: YamlFields): ModelManifest["attribution"] | undefined {
  const detail = fields.fields("attribution");
  detail?.refuseUnknown(["name", "url"]);
  const name = detail?.string("name");
  const url = detail?.string("url");
  if (name && url) return { name, url };
  return fields.problem("attribution", '"attribution" must have a "name" and a "url"');
}

function parseMemory(fields: YamlFields): ModelManifest["memory"] | undefined {
  const detail = fields.fields("memory");
  detail?.refuseUnknown(["peak", "steady", "arena"]);
  const steadyBytes = detail?.bytes("steady");
  const loadPeakBytes = detail?.bytes("peak") ?? steadyBytes;
  const arena = detail?.boolean("arena");
  if (steadyBytes && loadPeakBytes)
    return { loadPeakBytes, steadyBytes, ...(arena === undefined ? {} : { arena }) };
  return fields.problem(
    "memory",
    '"memory" must have "steady" and may have "peak": {peak: 330 MB, steady: 290 MB}',
  );
}

/** True for the part of an id after the slash: safe as the name of a folder. */
export function isModelName(name: string): boolean {
  return /^[\p{L}\p{N}][\p{L}\p{M}\p{N}._-]{0,120}$/u.test(name);
}

/** True for a provider's name: safe as the name of a folder. */
export function isProviderName(name: string): boolean {
  return /^[a-z][a-z0-9_]{0,40}$/.test(name);
}

export function isCapability(text: string | undefined): text is Capability {
  return (CAPABILITIES as readonly (string | undefined)[]).includes(text);
}

const isInside = (path: string): boolean =>
  !path.startsWith("/") && !path.includes("\\") && !path.includes("\0") && !path.split("/").includes("..");
