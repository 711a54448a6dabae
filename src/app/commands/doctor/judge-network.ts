import type { HostAnswer } from "../../ask-host.js";
import { about, type Finding } from "./finding.js";

/** @param needed whether a model that is to be had cannot be had from elsewhere */
export function judgeHost({ origin, ok: answers, why }: HostAnswer, needed: boolean): Finding {
  const { ok, warn, fail } = about(`download ${origin}`);
  if (answers) return ok(`${origin} answers.`);
  const message = `${origin} does not answer: ${why ?? "no reason given"}.`;
  const advice =
    "Check network, DNS and firewall. Behind a proxy set HTTPS_PROXY; models.mirror replaces huggingface.co; models.folders takes local files.";
  return needed ? fail(message, advice) : warn(message, advice);
}

/** @param why absent when the registry answered */
export function judgeRegistry(why: string | undefined, needed: boolean): Finding {
  const { ok, warn, fail } = about("download npm");
  if (why === undefined) return ok("The npm registry answers.");
  const advice = "Check network and proxy, or name another registry with npm_config_registry.";
  return needed ? fail(why, advice) : warn(why, advice);
}

/** How the broker was found. */
export type BrokerFacts =
  | { readonly kind: "off" }
  | { readonly kind: "own" }
  | { readonly kind: "reached"; readonly name: string; readonly version: number }
  | { readonly kind: "lost"; readonly why: string; readonly configured: boolean };

export function judgeBroker(facts: BrokerFacts): Finding {
  const { ok, warn, fail } = about("mqtt");
  switch (facts.kind) {
    case "off":
      return ok("MQTT is switched off.");
    case "own":
      return ok("No broker is configured, so one runs inside the program.");
    case "reached":
      return ok(`The MQTT broker ${facts.name} lets us in (MQTT ${facts.version === 5 ? "5" : "3.1.1"}).`);
    case "lost": {
      const advice = "Check address, user and password in the MQTT settings. Voice works without MQTT.";
      return facts.configured ? fail(`${facts.why}.`, advice) : warn(`${facts.why}.`, advice);
    }
  }
}

/** Who has a port: nobody, our running server, or somebody else; or why it cannot be had at all. */
export type PortUse = "any" | "free" | "ours" | "taken" | { readonly refused: string };

export function judgePort(name: string, port: number, use: PortUse): Finding {
  const { ok, fail } = about(`port-${name.toLowerCase()}`);
  const advice = `Stop the other program, or choose another port with --${name.toLowerCase()}-port.`;
  if (typeof use === "object") return fail(`${name} cannot listen on port ${port}: ${use.refused}.`, advice);
  switch (use) {
    case "any":
      return ok(`${name} takes any free port.`);
    case "free":
      return ok(`${name} port ${port} is free.`);
    case "ours":
      return ok(`${name} listens on port ${port}.`);
    case "taken":
      return fail(`${name} port ${port} is taken by another program.`, advice);
  }
}
