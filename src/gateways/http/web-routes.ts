import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { getConnInfo } from "@hono/node-server/conninfo";
import type { Hono } from "hono";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** Nothing from elsewhere, so that the page works offline and nothing of ours leaves the house. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; media-src 'self' blob:; base-uri 'self'; form-action 'none'; frame-ancestors 'self'";

/** Where Home Assistant's ingress proxy comes from, inside the Supervisor's network. */
export const INGRESS_ADDRESS = "172.30.32.2";

/** This machine itself: the command line inside the container. */
const OWN_ADDRESSES = ["127.0.0.1", "::1"];

/**
 * Refuses everything that comes neither from one of the addresses nor from this machine. Inside an add-on the port is
 * open to all other add-ons, and the ingress proxy has asked who the user is: nobody else may.
 */
export function allowOnly(app: Hono, addresses: readonly string[]): void {
  const allowed = new Set([...OWN_ADDRESSES, ...addresses]);
  app.use(async (context, next) => {
    const from = getConnInfo(context).remote.address?.replace(/^::ffff:/, "") ?? "";
    if (allowed.has(from)) return next();
    const message = "This page is opened from Home Assistant's sidebar.";
    return context.json({ error: { code: "forbidden", message } }, 403);
  });
}

/** The page for people: the files of one folder, read once, so that no address can lead out of it. */
export function addWebRoutes(app: Hono, dir: string): void {
  const files = new Map(
    readdirSync(dir)
      .filter((name) => extname(name) in TYPES)
      .map((name) => [name, readFileSync(join(dir, name))] as const),
  );
  for (const [name, bytes] of files) {
    app.get(name === "index.html" ? "/" : `/${name}`, (context) => {
      const base = name === "index.html" ? basePath(context.req.header("x-ingress-path")) : undefined;
      const body = base === undefined ? new Uint8Array(bytes) : withBase(bytes.toString(), base);
      return context.body(body, 200, {
        "content-type": TYPES[extname(name)] ?? "application/octet-stream",
        "content-security-policy": POLICY,
        "cache-control": "no-cache",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
      });
    });
  }
}

/** What a proxy put in front of our addresses, when it is a path and nothing else. */
function basePath(header: string | undefined): string | undefined {
  return header !== undefined && /^(\/[\w.~-]+)+\/?$/.test(header) ? header.replace(/\/?$/, "/") : undefined;
}

/** All addresses of the page are relative; this says relative to what. */
const withBase = (html: string, base: string): string =>
  html.replace("<head>", `<head>\n    <base href="${base}">`);
