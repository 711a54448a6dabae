import { describe, expect, it } from "vitest";
import { readAlsaList } from "../../../src/gateways/local-audio/alsa.js";
import { chooseDevice, listDevices, waysToOpen } from "../../../src/gateways/local-audio/portaudio-device.js";
import { readPulseList } from "../../../src/gateways/local-audio/pulse.js";
import { toChannels } from "../../../src/gateways/local-audio/to-channels.js";

const device = (id: number, name: string, inputs: number, outputs: number, rateHz = 44_100) => ({
  id,
  name,
  maxInputChannels: inputs,
  maxOutputChannels: outputs,
  defaultSampleRate: rateHz,
  hostAPIName: "ALSA",
});
const USB = device(0, "USB PnP Audio Device: Audio (hw:1,0)", 1, 2, 48_000);
const HDMI = device(1, "vc4-hdmi: MAI PCM (hw:0,0)", 0, 2);
const DEFAULT = device(2, "default", 32, 32);
const PULSE = device(3, "pulse", 32, 32);

describe("the list of ALSA", () => {
  const text = [
    "null",
    "    Discard all samples (playback) or generate zero samples (capture)",
    "default",
    "sysdefault:CARD=Device",
    "    USB PnP Audio Device, USB Audio",
    "    Default Audio Device",
    "hw:CARD=Device,DEV=0",
    "    USB PnP Audio Device, USB Audio",
    "plughw:CARD=Device,DEV=0",
    "    USB PnP Audio Device, USB Audio",
    "    Hardware device with all software conversions",
    "",
  ].join("\n");

  it("offers what converts rates, each with its description", () => {
    expect(readAlsaList(text, "capture")).toEqual([
      { id: "default", description: "", direction: "capture" },
      {
        id: "sysdefault:CARD=Device",
        description: "USB PnP Audio Device, USB Audio, Default Audio Device",
        direction: "capture",
      },
      {
        id: "plughw:CARD=Device,DEV=0",
        description: "USB PnP Audio Device, USB Audio, Hardware device with all software conversions",
        direction: "capture",
      },
    ]);
  });

  it("is empty without sound cards", () => {
    expect(readAlsaList("", "play")).toEqual([]);
  });
});

describe("the list of PulseAudio", () => {
  it("is read as far as it makes sense", () => {
    expect(readPulseList('[{"name":"a","description":"A"},{"name":7},null,{"name":"b"}]')).toEqual([
      { id: "a", description: "A" },
      { id: "b", description: "b" },
    ]);
    expect(readPulseList("{}")).toEqual([]);
    expect(() => readPulseList("0\talsa_input\t")).toThrow(/pactl is too old/);
  });
});

describe("the choice of a PortAudio device", () => {
  const all = [USB, HDMI, DEFAULT, PULSE];

  it("takes the sound server unless told otherwise, then the default device, then any", () => {
    expect(chooseDevice(all, "capture", "")).toBe(PULSE);
    expect(chooseDevice([USB, HDMI, DEFAULT], "capture", "")).toBe(DEFAULT);
    expect(chooseDevice([HDMI, USB], "capture", "")).toBe(USB);
    expect(chooseDevice([HDMI], "capture", "")).toBeUndefined();
  });

  it("finds a device by its name or by a part of it", () => {
    expect(chooseDevice(all, "capture", USB.name)).toBe(USB);
    expect(chooseDevice(all, "play", "hdmi")).toBe(HDMI);
    expect(chooseDevice(all, "capture", "hw:1,0")).toBe(USB);
  });

  it("leaves other names to the sound server, and takes no other device in their place", () => {
    expect(chooseDevice(all, "capture", "alsa_input.usb-Foo.mono")).toBe(PULSE);
    expect(chooseDevice([USB, HDMI, DEFAULT], "capture", "alsa_input.usb-Foo.mono")).toBeUndefined();
    // It has no input.
    expect(chooseDevice([USB, HDMI, DEFAULT], "capture", "hdmi")).toBeUndefined();
  });

  it("lists a device that does both twice", () => {
    expect(listDevices([USB, HDMI]).map(({ id, direction }) => [id, direction])).toEqual([
      [USB.name, "capture"],
      [USB.name, "play"],
      [HDMI.name, "play"],
    ]);
  });

  it("tries the rate that is wanted first, and both channels where one is not enough", () => {
    expect(waysToOpen(HDMI, "play", 48_000)).toEqual([
      { rateHz: 48_000, channels: 1 },
      { rateHz: 48_000, channels: 2 },
      { rateHz: 44_100, channels: 1 },
      { rateHz: 44_100, channels: 2 },
    ]);
    expect(waysToOpen(USB, "capture", 16_000).map(({ rateHz }) => rateHz)).toEqual([16_000, 48_000, 44_100]);
  });

  it("gives every channel the same sound", () => {
    expect([...toChannels(Uint8Array.of(1, 2, 3, 4), 2)]).toEqual([1, 2, 1, 2, 3, 4, 3, 4]);
    expect([...toChannels(Uint8Array.of(1, 2, 3, 4), 1)]).toEqual([1, 2, 3, 4]);
  });
});
