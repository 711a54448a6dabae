import type { Capability } from "../../catalog/manifest.js";
import type { DiscoveryOptions } from "./options.js";
import { slugOf } from "./slug.js";

/** Every topic of ours that Home Assistant needs to know. */
export interface Topics {
  /** Id of the device and first part of all unique ids; stable for an installation. */
  readonly deviceId: string;
  /** First part of entity ids. */
  readonly slug: string;
  /** Where the bundle goes. */
  readonly config: string;
  /** Where Home Assistant says that it has started. */
  readonly birth: string;
  /** `online` or `offline`: also the last will. */
  readonly status: string;
  /** JSON with the values of the device's own sensors. */
  readonly state: string;
  readonly problem: string;
  readonly wake: string;
  readonly text: string;
  /** Says why a command was refused. */
  readonly error: string;
  /** JSON of one model. @param slug as in `uniqueSlug` */
  model(slug: string): string;
  choice(capability: Capability): string;
  /** JSON with what the controls are set to. */
  readonly controls: string;
  /** Where a control is set. @param control `memory_limit`, `preload/…` */
  command(control: string): string;
  /** JSON about the machine's own microphone and speaker. */
  readonly board: string;
  /** What they are at, as one plain word: for lights. */
  readonly boardState: string;
  /** All topics of `command`. */
  readonly commands: string;
}

export function topicsOf(installId: string, options: DiscoveryOptions): Topics {
  const { baseTopic: base, discoveryPrefix: prefix } = options;
  const deviceId = `irene_edge_${installId.replace(/[^a-zA-Z0-9_-]/g, "_")}`;
  return {
    deviceId,
    slug: slugOf(base) || "irene_edge",
    config: `${prefix}/device/${deviceId}/config`,
    birth: options.birthTopic ?? `${prefix}/status`,
    status: `${base}/status`,
    state: `${base}/state`,
    problem: `${base}/problem`,
    wake: `${base}/event/wake`,
    text: `${base}/event/text`,
    error: `${base}/event/error`,
    model: (slug) => `${base}/model/${slug}`,
    choice: (capability) => `${base}/choice/${capability}`,
    controls: `${base}/controls`,
    command: (control) => `${base}/set/${control}`,
    board: `${base}/board`,
    boardState: `${base}/board/state`,
    commands: `${base}/set/#`,
  };
}
