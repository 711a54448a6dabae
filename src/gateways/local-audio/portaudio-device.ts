import type { DeviceInfo } from "naudiodon";
import type { AudioDevice, Direction } from "./backend.js";

/** PortAudio's names of sound servers, which know devices by names of their own. */
const SERVERS = ["pulse", "pipewire"] as const;

const channelsOf = (device: DeviceInfo, direction: Direction): number =>
  direction === "capture" ? device.maxInputChannels : device.maxOutputChannels;

/** The list as users see it: a device that does both is two. */
export function listDevices(devices: readonly DeviceInfo[]): readonly AudioDevice[] {
  return (["capture", "play"] as const).flatMap((direction) =>
    devices
      .filter((device) => channelsOf(device, direction) > 0)
      .map(({ name, hostAPIName }) => ({ id: name, description: `${name} (${hostAPIName})`, direction })),
  );
}

/**
 * The device a user means: by its name, by a part of it, or the sound server's, which then is asked for the name. Without
 * a name the sound server where there is one, as it shares the hardware with others; else the default device.
 * @returns undefined where there is none
 */
export function chooseDevice(
  devices: readonly DeviceInfo[],
  direction: Direction,
  wanted: string,
): DeviceInfo | undefined {
  const fit = devices.filter((device) => channelsOf(device, direction) > 0);
  const server = fit.find(({ name }) => SERVERS.some((each) => each === name));
  if (wanted === "") return server ?? fit.find(({ name }) => name === "default") ?? fit[0];
  const lower = wanted.toLowerCase();
  return (
    fit.find(({ name }) => name === wanted) ??
    fit.find(({ name }) => name.toLowerCase().includes(lower)) ??
    server
  );
}

/** What to try to open a device with, best first: not all hardware records one channel, or at any rate. */
export function waysToOpen(
  device: DeviceInfo,
  direction: Direction,
  rateHz: number,
): readonly { readonly rateHz: number; readonly channels: number }[] {
  const most = channelsOf(device, direction);
  const rates = [...new Set([rateHz, device.defaultSampleRate, 48_000, 44_100])];
  const channels = [1, 2].filter((count) => count <= most);
  return rates.flatMap((rate) => channels.map((count) => ({ rateHz: rate, channels: count })));
}
