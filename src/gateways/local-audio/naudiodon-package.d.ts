/**
 * The part of naudiodon that is used here. The package is optional, so its own declarations may be absent.
 * @see https://github.com/Streampunk/naudiodon
 */
declare module "naudiodon" {
  import type { Readable, Writable } from "node:stream";

  export interface DeviceInfo {
    readonly id: number;
    readonly name: string;
    readonly maxInputChannels: number;
    readonly maxOutputChannels: number;
    readonly defaultSampleRate: number;
    readonly hostAPIName: string;
  }

  export interface StreamOptions {
    readonly deviceId: number;
    readonly sampleRate: number;
    readonly channelCount: number;
    /** Bits of a sample. */
    readonly sampleFormat: 16;
    /** Samples of every channel that PortAudio hands over at once. */
    readonly framesPerBuffer: number;
    /** Such pieces that may wait; beyond it the device loses sound. */
    readonly maxQueue: number;
    readonly highwaterMark: number;
    /** False: lost sound is only printed, and the stream goes on. */
    readonly closeOnError: boolean;
  }

  interface Startable {
    start(): void;
    quit(done?: () => void): void;
  }

  interface Naudiodon {
    getDevices(): readonly DeviceInfo[];
    AudioIO(options: { readonly inOptions: StreamOptions }): Readable & Startable;
    AudioIO(options: { readonly outOptions: StreamOptions }): Writable & Startable;
  }

  /** A CommonJS package: all it has is on the default export. */
  const naudiodon: Naudiodon;
  // biome-ignore lint/style/noDefaultExport: the package has nothing else.
  export default naudiodon;
}
