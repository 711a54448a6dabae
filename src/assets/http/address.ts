import { AssetError } from "../../base/errors.js";

/** Which addresses may be fetched, and from where instead. */
export interface AddressPolicy {
  /** Allows plain http to any host. Plain http to this machine is always allowed. */
  readonly allowHttp?: boolean;
  /** Replaces `https://huggingface.co` in every address, as the `HF_ENDPOINT` variable does elsewhere. */
  readonly huggingFace?: string;
}

const HUGGING_FACE = "https://huggingface.co";

/** The address to ask for a catalog's address: the mirror's where one is set. */
export function mirrored(url: string, { huggingFace }: AddressPolicy): string {
  if (!huggingFace || !url.startsWith(`${HUGGING_FACE}/`)) return url;
  return huggingFace.replace(/\/+$/, "") + url.slice(HUGGING_FACE.length);
}

/**
 * @throws {AssetError} `download-failed` when the address is no web address, or would travel in the clear.
 */
export function checkAddress(url: string, { allowHttp }: AddressPolicy): URL {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || (parsed.protocol !== "https:" && parsed.protocol !== "http:")) {
    throw new AssetError("download-failed", `${url} is not an http(s) address; correct it in the catalog`);
  }
  if (parsed.protocol === "http:" && !allowHttp && !isThisMachine(parsed.hostname)) {
    throw new AssetError(
      "download-failed",
      `${url} would be fetched without encryption; use https, or allow plain http in the download settings`,
    );
  }
  return parsed;
}

const isThisMachine = (host: string): boolean =>
  host === "localhost" || host === "[::1]" || /^127(\.\d{1,3}){3}$/.test(host);
