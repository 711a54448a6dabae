import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";

/** What a file must hash to. */
export interface Expected {
  /** Lower-case hex. */
  readonly sha256?: string;
  /** Lower-case hex. */
  readonly md5?: string;
  /** Subresource integrity: `sha512-<base64>`, several separated by spaces, of which the strongest counts. */
  readonly integrity?: string;
}

/** Hashes of one stream of bytes: SHA-256 always, others as far as something must be compared with them. */
export class Digest {
  readonly #expected: Expected;
  readonly #integrity: { readonly algorithm: string; readonly value: string } | undefined;
  readonly #hashes = new Map<string, Hash>();

  constructor(expected: Expected) {
    this.#expected = expected;
    this.#integrity = strongest(expected.integrity);
    const algorithms = ["sha256", ...(expected.md5 ? ["md5"] : []), this.#integrity?.algorithm ?? "sha256"];
    for (const algorithm of new Set(algorithms)) this.#hashes.set(algorithm, createHash(algorithm));
  }

  update(bytes: Uint8Array): void {
    for (const hash of this.#hashes.values()) hash.update(bytes);
  }

  /** Ends the stream. `mismatch` says what differs, for people; absent when all is as expected. */
  finish(): { readonly sha256: string; readonly mismatch?: string } {
    const results = new Map([...this.#hashes].map(([name, hash]) => [name, hash.digest()] as const));
    const sha256 = results.get("sha256")?.toString("hex") ?? "";
    const { sha256: wanted, md5 } = this.#expected;
    if (wanted && wanted !== sha256) return { sha256, mismatch: `SHA-256 ${sha256} instead of ${wanted}` };
    const foundMd5 = results.get("md5")?.toString("hex");
    if (md5 && md5 !== foundMd5) return { sha256, mismatch: `MD5 ${foundMd5} instead of ${md5}` };
    if (this.#expected.integrity && !this.#integrity) {
      return { sha256, mismatch: `a checksum of an unknown kind (${this.#expected.integrity})` };
    }
    const { algorithm, value } = this.#integrity ?? {};
    const found = algorithm && results.get(algorithm)?.toString("base64");
    if (value && found !== value) return { sha256, mismatch: `${algorithm} ${found} instead of ${value}` };
    return { sha256 };
  }
}

/** SHA-256 of a file in lower-case hex. */
export async function hashFile(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, {
    highWaterMark: 256 * 1024,
    ...(signal && { signal }),
  })) {
    hash.update(chunk as Uint8Array);
  }
  return hash.digest("hex");
}

/** @see https://www.w3.org/TR/SRI/ */
function strongest(integrity: string | undefined): { algorithm: string; value: string } | undefined {
  const parts = (integrity ?? "").split(/\s+/).map((part) => /^(sha\d+)-([^?]+)/.exec(part));
  for (const algorithm of ["sha512", "sha384", "sha256", "sha1"]) {
    const value = parts.find((part) => part?.[1] === algorithm)?.[2];
    if (value) return { algorithm, value };
  }
  return undefined;
}
