/** How we present ourselves to Home Assistant. */
export interface DiscoveryOptions {
  /** First level of our own topics. */
  readonly baseTopic: string;
  readonly discoveryPrefix: string;
  /** Where Home Assistant says `online` when it has started; absent: `<prefix>/status`. */
  readonly birthTopic?: string;
  readonly deviceName: string;
  /** Page for the device's "visit" link: `homeassistant://hassio/addon/<slug>` or an http address. */
  readonly configurationUrl?: string;
  readonly supportUrl: string;
  /** Publish recognised text as an event. Off unless the user asks: it is what is said at home. */
  readonly textEvents: boolean;
  /** Offer buttons, selects, numbers and switches. */
  readonly controls: boolean;
}

export const DISCOVERY_DEFAULTS: DiscoveryOptions = {
  baseTopic: "irene_edge",
  discoveryPrefix: "homeassistant",
  deviceName: "Irene Edge",
  supportUrl: "https://github.com/irene-edge/irene-edge",
  textEvents: false,
  controls: true,
};
