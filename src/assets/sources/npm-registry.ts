import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { AssetError, messageOf } from "../../base/errors.js";

/** How to reach the npm registry. */
export interface NpmSettings {
  /** Address of the registry; absent means npm's own default. */
  readonly registry?: string;
  /** Registries of scopes (`@name`). */
  readonly scopes: Readonly<Record<string, string>>;
}

/** Where a package's tarball lies and what it must hash to. */
export interface Tarball {
  readonly url: string;
  /** Subresource integrity. */
  readonly integrity: string;
}

/** The registry's own library repeats failed questions; longer waits are the caller's business. */
const PATIENCE = {
  fetchRetries: 2,
  fetchRetryMintimeout: 1000,
  fetchRetryMaxtimeout: 5000,
  fetchTimeout: 30_000,
} as const;

/**
 * The registry npm itself would use: `npm_config_registry` of the environment, else the `.npmrc` of the working
 * folder, the user and the system, in npm's order.
 * @param env the process's environment.
 * @param folder the working folder.
 */
export async function npmSettings(
  env: Readonly<Record<string, string | undefined>>,
  folder: string,
): Promise<NpmSettings> {
  const variables = new Map(
    Object.entries(env).map(([name, value]) => [name.toLowerCase(), value?.trim()] as const),
  );
  const config = (name: string) => variables.get(`npm_config_${name}`) || undefined;
  const files = [
    join(folder, ".npmrc"),
    config("userconfig") ?? join(env["HOME"] ?? "/", ".npmrc"),
    config("globalconfig") ?? join(config("prefix") ?? dirname(dirname(process.execPath)), "etc/npmrc"),
  ];
  const scopes: Record<string, string> = {};
  let registry = config("registry");
  for (const file of files) {
    for (const [key, value] of await readNpmrc(file, env)) {
      if (key === "registry") registry ??= value;
      if (/^@[^/]+:registry$/.test(key)) scopes[key.replace(/:registry$/, "")] ??= value;
    }
  }
  return { ...(registry && { registry }), scopes };
}

async function readNpmrc(
  path: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly (readonly [string, string])[]> {
  // None of these files need exist.
  const text = await readFile(path, "utf8").catch(() => "");
  return text.split("\n").flatMap((line) => {
    const match = /^\s*([^#;=\s][^=]*?)\s*=\s*(.*?)\s*$/.exec(line);
    if (!match?.[1]) return [];
    const value = (match[2] ?? "").replace(/\$\{([^}]+)\}/g, (all, name: string) => env[name] ?? all);
    return [[match[1], value.replace(/^"(.*)"$/, "$1")] as const];
  });
}

/**
 * Asks the registry for a package's tarball.
 * @param spec `name@1.2.3`.
 * @param pinned integrity the catalog expects.
 * @throws {AssetError} `download-failed`, `asset-corrupt` when the registry offers other bytes than the pinned ones
 */
export async function findTarball(
  spec: string,
  pinned: string | undefined,
  { registry, scopes }: NpmSettings,
): Promise<Tarball> {
  const scope = /^(@[^/]+)\//.exec(spec)?.[1];
  const base = (scope && scopes[scope]) ?? registry;
  // Loaded when first needed: it brings half of npm along.
  const { default: pacote } = await import("pacote");
  // No cache folder is named, so none is written; the answer is a few kilobytes.
  const manifest = await pacote
    .manifest(spec, { ...(base && { registry: base }), preferOnline: true, ...PATIENCE })
    .catch((error: unknown) => {
      const hint =
        (error as NodeJS.ErrnoException).code === "E404" ? "it does not exist there" : messageOf(error);
      throw new AssetError(
        "download-failed",
        `The npm registry does not give ${spec}: ${hint}; check the network and try again`,
        { cause: error },
      );
    });
  const integrity = manifest._integrity;
  if (pinned && integrity && !integrity.split(" ").includes(pinned)) {
    throw new AssetError(
      "asset-corrupt",
      `The npm registry offers ${spec} with other contents than the catalog expects; do not use that registry`,
    );
  }
  return { url: atRegistry(manifest._resolved, base), integrity: pinned ?? integrity };
}

/**
 * Metadata that a mirror copied names the tarballs of where it copied from; the mirror has them under the same path.
 * Registries that keep tarballs elsewhere do not use npm's `/-/` in their paths.
 */
function atRegistry(tarball: string, registry: string | undefined): string {
  const url = new URL(tarball);
  if (registry === undefined || !url.pathname.includes("/-/")) return tarball;
  const base = new URL(registry.endsWith("/") ? registry : `${registry}/`);
  return url.host === base.host ? tarball : new URL(url.pathname.slice(1), base).href;
}
