import { createHash, timingSafeEqual } from "node:crypto";
import { getConnInfo } from "@hono/node-server/conninfo";
import type { Context, Hono } from "hono";
import type { Logger } from "../../base/logger.js";

/** Where Home Assistant's ingress proxy comes from, inside the Supervisor's network. */
export const INGRESS_ADDRESS = "172.30.32.2";

/** Who may ask. Neither tokens nor addresses: everyone who reaches the port. */
export interface Access {
  /** Any of these opens the port, from wherever a request comes. */
  readonly tokens?: readonly string[];
  /**
   * Addresses that need no token, because who is there has been asked already: the ingress proxy. All others are
   * refused, except for this machine itself where there are no tokens.
   */
  readonly trusted?: readonly string[];
}

/** This machine itself: the command line inside the container. */
const OWN_ADDRESSES = ["127.0.0.1", "::1"];
/**
 * Browsers ask for a name and a password then, which is the token. Bearer tokens are not offered beside it: Chromium
 * reads only the first way of a header, and programs that send one do not ask.
 */
const CHALLENGE = 'Basic realm="Irene Edge", charset="UTF-8"';
/** Addresses of which a refusal was logged; a scan of the network must not fill memory or log. */
const MAX_NOTED = 64;

/**
 * Refuses requests that come neither with a token nor from where they need none. Inside an add-on the port is open to
 * all other add-ons, and the ingress proxy has asked who the user is. Whether the program lives may be asked by
 * everyone, except inside an add-on.
 */
export function guard(app: Hono, { tokens = [], trusted }: Access, log: Logger): void {
  if (tokens.length === 0 && !trusted) return;
  const known = tokens.map(digest);
  const noneNeeded = new Set([...(trusted ?? []), ...(known.length === 0 ? OWN_ADDRESSES : [])]);
  const noted = new Set<string>();
  app.use(async (context, next) => {
    const from = getConnInfo(context).remote.address?.replace(/^::ffff:/, "") ?? "";
    if (noneNeeded.has(from)) return next();
    const given = tokenOf(context.req.header("authorization"));
    if (given !== undefined && matches(given, known)) return next();
    if (!trusted && context.req.path === "/healthz") return next();
    if (!noted.has(from) && noted.size < MAX_NOTED) {
      noted.add(from);
      log.warn(`A request of ${from} is refused: ${given === undefined ? "no token" : "wrong token"}`);
    }
    return refusal(context, known.length > 0);
  });
}

function refusal(context: Context, tokenHelps: boolean): Response {
  if (!tokenHelps) {
    const message = "This page is opened from Home Assistant's sidebar.";
    return context.json({ error: { code: "forbidden", message } }, 403);
  }
  const message =
    "A token is needed: the value of http.token, in the header `Authorization: Bearer …`, or as the password.";
  return context.json({ error: { code: "unauthorized", message } }, 401, { "www-authenticate": CHALLENGE });
}

/** What a request shows to be let in: a bearer token, or the password of a browser's dialogue. */
function tokenOf(header: string | undefined): string | undefined {
  const [, scheme = "", value = ""] = /^(bearer|basic) +(\S+) *$/i.exec(header ?? "") ?? [];
  if (scheme.toLowerCase() === "bearer") return value;
  if (scheme.toLowerCase() !== "basic") return undefined;
  const pair = Buffer.from(value, "base64").toString("utf8");
  const cut = pair.indexOf(":");
  return cut < 0 ? undefined : pair.slice(cut + 1);
}

/** Digests are of one length, and comparing them tells nothing of where a guess goes wrong. */
const digest = (token: string): Buffer => createHash("sha256").update(token).digest();

function matches(given: string, known: readonly Buffer[]): boolean {
  const sum = digest(given);
  return known.filter((each) => timingSafeEqual(each, sum)).length > 0;
}
