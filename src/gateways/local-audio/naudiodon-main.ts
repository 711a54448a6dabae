import { createWriteStream, writeSync } from "node:fs";
import { Readable, Transform, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { DeviceInfo, StreamOptions } from "naudiodon";
import { PcmConverter } from "../../audio/converter.js";
import { encodePcm16, type PcmFormat } from "../../audio/pcm.js";
import { messageOf } from "../../base/errors.js";
import { CAPTURE_FORMAT, type Direction, PLAY_FORMAT } from "./backend.js";
import { chooseDevice, listDevices, waysToOpen } from "./portaudio-device.js";
import { toChannels } from "./to-channels.js";

/*
 * PortAudio in a process of its own: `naudiodon-main.js devices`, `capture <device>`, `play <device>`. A recording goes to
 * stream 3, since the library prints on standard output. A failure leaves its reason as the last line of standard error.
 */

/** Milliseconds that PortAudio hands over at once. */
const PIECE_MS = 40;
/** How often the parent is looked for. */
const PARENT_MS = 2_000;
/** Pieces that may wait for this process: four seconds. */
const MAX_PIECES = 100;

type PortAudio = typeof import("naudiodon")["default"];

function deviceFor(portAudio: PortAudio, direction: Direction, wanted: string): DeviceInfo {
  const device = chooseDevice(portAudio.getDevices(), direction, wanted);
  if (device) return device;
  throw new Error(`PortAudio knows no ${direction === "capture" ? "microphone" : "speaker"}`);
}

/** Opens a device the first way it takes. @throws what it said to the last one */
function opened<Stream>(
  device: DeviceInfo,
  direction: Direction,
  rateHz: number,
  open: (options: StreamOptions) => Stream,
): { readonly stream: Stream; readonly format: PcmFormat } {
  let refused: unknown;
  for (const way of waysToOpen(device, direction, rateHz)) {
    const framesPerBuffer = Math.round((way.rateHz * PIECE_MS) / 1_000);
    try {
      const stream = open({
        deviceId: device.id,
        sampleRate: way.rateHz,
        channelCount: way.channels,
        sampleFormat: 16,
        framesPerBuffer,
        maxQueue: MAX_PIECES,
        highwaterMark: framesPerBuffer * 2 * way.channels,
        closeOnError: false,
      });
      return { stream, format: { rateHz: way.rateHz, widthBytes: 2, channels: way.channels } };
    } catch (error) {
      refused = error;
    }
  }
  throw refused;
}

/** PCM of one format to another, as a stream. */
function converter(from: PcmFormat, to: PcmFormat): Transform {
  const convert = new PcmConverter(to.rateHz);
  const out = (samples: Float32Array) => toChannels(encodePcm16(samples), to.channels);
  return new Transform({
    transform: (bytes: Buffer, _, done) => done(null, out(convert.push(from, bytes))),
    flush: (done) => done(null, out(convert.flush())),
  });
}

async function capture(portAudio: PortAudio, wanted: string): Promise<void> {
  const device = deviceFor(portAudio, "capture", wanted);
  const { stream, format } = opened(device, "capture", CAPTURE_FORMAT.rateHz, (inOptions) =>
    portAudio.AudioIO({ inOptions }),
  );
  stream.start();
  await pipeline(stream, converter(format, CAPTURE_FORMAT), createWriteStream("", { fd: 3 }));
  throw new Error("The microphone gives no more sound");
}

/** Opens the device with the first sound, so that this process can stand by without holding it. */
async function play(portAudio: PortAudio, wanted: string): Promise<void> {
  const input: AsyncIterator<Buffer> = process.stdin[Symbol.asyncIterator]();
  const first = await input.next();
  if (first.done) return;
  const device = deviceFor(portAudio, "play", wanted);
  const { stream, format } = opened(
    device,
    "play",
    PLAY_FORMAT.rateHz,
    (outOptions): Writable & { start(): void } => portAudio.AudioIO({ outOptions }),
  );
  const heard = new Promise<void>((resolve) => stream.once("finished", () => resolve()));
  async function* sound(): AsyncGenerator<Buffer> {
    yield first.value;
    for (let next = await input.next(); !next.done; next = await input.next()) yield next.value;
  }
  stream.start();
  await pipeline(Readable.from(sound()), converter(PLAY_FORMAT, format), stream);
  await heard;
}

/** Threads of the library, which wait for sound, would hold an ordinary end back for ever. */
const die = (): boolean => process.kill(process.pid, "SIGKILL");

/** Who started this process may be gone without a word, and then nobody ends it. */
function endWithParent(): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) die();
  }, PARENT_MS).unref();
}

const [command = "", wanted = ""] = process.argv.slice(2);
endWithParent();
try {
  const { default: portAudio } = await import("naudiodon");
  if (command === "devices") writeSync(1, `\n${JSON.stringify(listDevices(portAudio.getDevices()))}\n`);
  else if (command === "capture") await capture(portAudio, wanted);
  else if (command === "play") await play(portAudio, wanted);
  else throw new Error(`There is no command ${command}`);
} catch (error) {
  try {
    writeSync(2, `\n${messageOf(error).split("\n")[0]}\n`);
  } finally {
    // Also where nobody is left to be told.
    die();
  }
}
