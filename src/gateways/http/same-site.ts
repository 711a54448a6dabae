/**
 * Whether a request may change something: one from a program, or from a page that we or Home Assistant served.
 * A page of another site must not drive this one through the user's browser. Browsers say where a request comes from
 * in `Sec-Fetch-Site`, older ones only in `Origin`; behind Home Assistant's ingress our own host name differs from the
 * page's, but its mark is one no foreign page can set without asking first.
 * @see https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site
 */
export function isFromHere(headers: Headers): boolean {
  const site = headers.get("sec-fetch-site");
  if (site !== null) return site === "same-origin" || site === "none";
  const origin = headers.get("origin");
  if (origin === null || headers.has("x-ingress-path")) return true;
  return URL.canParse(origin) && new URL(origin).host === headers.get("host");
}
