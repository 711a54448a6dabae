import type { Snapshot } from "../../sessions/snapshot.js";
import { boardComponents, boardStates } from "./board-entities.js";
import type { Components, TopicState } from "./component.js";
import { controlComponents, controlStates } from "./control-entities.js";
import { deviceComponents, deviceStates } from "./device-entities.js";
import { eventComponents } from "./event-entities.js";
import { modelComponents, modelStates } from "./model-entities.js";
import type { DiscoveryOptions } from "./options.js";
import { topicsOf } from "./topics.js";

/** Name by which we know our own bundles on a broker. */
export const ORIGIN_NAME = "irene-edge";

/**
 * The payload of a discovery topic for a whole device.
 * @see https://www.home-assistant.io/integrations/mqtt/#device-discovery-payload
 */
export interface DeviceBundle {
  readonly device: {
    readonly identifiers: readonly string[];
    readonly name: string;
    readonly manufacturer: string;
    readonly model: string;
    readonly sw_version: string;
    readonly configuration_url?: string;
  };
  readonly origin: { readonly name: string; readonly sw_version: string; readonly support_url: string };
  readonly availability: readonly { readonly topic: string }[];
  readonly qos: 1;
  readonly components: Components;
}

/** What Home Assistant is told that exists. Pure: the same snapshot and options give the same bundle. */
export function describeDevice(snapshot: Snapshot, options: DiscoveryOptions): DeviceBundle {
  const view = { snapshot, options, topics: topicsOf(snapshot.installId, options) };
  return {
    device: {
      identifiers: [view.topics.deviceId],
      name: options.deviceName,
      manufacturer: "Irene Edge",
      model: "Voice add-on",
      sw_version: snapshot.version,
      ...(options.configurationUrl !== undefined && { configuration_url: options.configurationUrl }),
    },
    origin: { name: ORIGIN_NAME, sw_version: snapshot.version, support_url: options.supportUrl },
    availability: [{ topic: view.topics.status }],
    qos: 1,
    components: {
      ...deviceComponents(view),
      ...modelComponents(view),
      ...eventComponents(view),
      ...boardComponents(view),
      ...(options.controls && controlComponents(view)),
    },
  };
}

/** What every retained topic of ours says now. Pure. */
export function describeStates(snapshot: Snapshot, options: DiscoveryOptions): readonly TopicState[] {
  const view = { snapshot, options, topics: topicsOf(snapshot.installId, options) };
  return [
    ...deviceStates(view),
    ...modelStates(view),
    ...boardStates(view),
    ...(options.controls ? controlStates(view) : []),
  ];
}
