import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
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
