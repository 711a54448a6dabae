import { secondsOf } from "../../audio/pcm.js";
import type { Clock, Timer } from "../../base/clock.js";
import { type AudioBackend, CAPTURE_FORMAT } from "./backend.js";
import { CaptureGaps, type Gap } from "./capture-gaps.js";
import { SoundProcess, type Surroundings } from "./sound-process.js";

/** PortAudio on a small board asks all drivers first, and an idle sound server takes seconds to wake up. */
const FIRST_SOUND_MS = 15_000;
/** A microphone without any sound for so long, silence included, is gone. */
const STALLED_MS = 5_000;

export interface HearingListener {
  /** Whole samples in `CAPTURE_FORMAT`. */
  readonly onSound: (pcm: Uint8Array) => void;
  readonly onGap: (gap: Gap) => void;
  /** Called once, with the first sound. */
  readonly onWorks: () => void;
}

/** Looks whether the device that is recorded is still the one that was asked for. */
export interface DeviceWatch {
  /** Looks again, now that there is sound. */
  check(): void;
  close(): void;
}

/** How a recording ended. */
export interface HeardOut {
  /** Whether there was any sound at all. */
  readonly worked: boolean;
  readonly reason: string;
}

/**
 * Records through one backend until the recording ends, stalls or is stopped by the signal.
 * @param watch begins to look; told how to end the recording when the device is gone
 */
export async function hear(
  backend: AudioBackend,
  device: string,
  {
    clock,
    surroundings,
    signal,
    watch,
  }: {
    readonly clock: Clock;
    readonly surroundings: Surroundings;
    readonly signal: AbortSignal;
    readonly watch: (end: (reason: string) => void) => DeviceWatch | undefined;
  },
  listener: HearingListener,
): Promise<HeardOut> {
  const process = new SoundProcess(backend.capture(device), surroundings, clock);
  const gaps = new CaptureGaps();
  let worked = false;
  let reason: string | undefined;
  const end = (why: string) => {
    reason ??= why;
    process.stop();
  };
  const onAbort = () => end("it was switched off");
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  let silence: Timer = clock.after(FIRST_SOUND_MS, () => end("it gives no sound"));
  // From before the first sound: the device may go between the two.
  const watching = watch(end);
  let rest: Buffer = Buffer.alloc(0);
  process.sound.on("error", () => undefined);
  process.sound.on("data", (bytes: Buffer) => {
    if (signal.aborted) return;
    silence.cancel();
    silence = clock.after(STALLED_MS, () => end("it gives no sound any more"));
    if (!worked) {
      worked = true;
      watching?.check();
      listener.onWorks();
    }
    const gap = gaps.note(clock.monotonicMs(), secondsOf(CAPTURE_FORMAT, bytes.length) * 1_000);
    if (gap) listener.onGap(gap);
    const all = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    const whole = all.length - (all.length % 2);
    rest = all.subarray(whole);
    if (whole > 0) listener.onSound(all.subarray(0, whole));
  });
  const ended = await process.ended;
  silence.cancel();
  watching?.close();
  signal.removeEventListener("abort", onAbort);
  return { worked, reason: reason ?? ended ?? "it has ended" };
}
