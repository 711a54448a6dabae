import { type Clock, sleep } from "../../../base/clock.js";
import { messageOf } from "../../../base/errors.js";
import type { Config } from "../../../config/schema.js";
import { Board } from "../../../gateways/local-audio/board.js";
import { levelDb, SILENCE_DB } from "../../../gateways/local-audio/loudness.js";
import type { Surroundings } from "../../../gateways/local-audio/sound-process.js";
import { audioBackends } from "../../audio-backends.js";
import { EXIT, type ExitCode } from "../exit-code.js";
import type { Output } from "../output.js";

/** A microphone that is not heard by then does not work. */
const PATIENCE_MS = 45_000;
/** Pauses of the meter. */
const METER_MS = 100;
/** Quieter than this all the time: muted, the wrong device, or turned down. Speech at arm's length has -45 to -15. */
const TOO_QUIET_DB = -60;
/** Louder than this at any time: the microphone is turned up too far. */
const TOO_LOUD_DB = -3;
const METER_WIDTH = 40;

export interface AudioTestTools {
  readonly surroundings: Surroundings;
  readonly clock: Clock;
  readonly seconds: number;
  readonly output: Output;
}

/** `irene audio test`: records with a level meter, plays it back, and judges what was heard. */
export async function audioTest(
  config: Config,
  { surroundings, clock, seconds, output }: AudioTestTools,
): Promise<ExitCode | undefined> {
  const { microphone, speaker, volume, site_id: site } = config.local_audio;
  const recorded: Uint8Array[] = [];
  let loudestDb = SILENCE_DB;
  let nowDb = SILENCE_DB;
  const silent = {
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: () => undefined,
  };
  const log = { ...silent, child: () => log };
  const board = new Board(
    { site, microphone, speaker, volume, muted: false, chime: true },
    { backends: audioBackends(config, surroundings), surroundings, clock, log, changed: () => undefined },
  );
  board.listen({
    onSound: (pcm) => {
      recorded.push(pcm.slice());
      nowDb = levelDb(pcm);
      loudestDb = Math.max(loudestDb, nowDb);
    },
    onMuted: () => undefined,
    onReplaced: () => undefined,
  });
  try {
    board.start();
    output.remark(`Microphone: ${microphone || "the default one"}. Say something.`);
    const startedMs = clock.monotonicMs();
    let heardMs: number | undefined;
    while (heardMs === undefined || clock.monotonicMs() - heardMs < seconds * 1_000) {
      await sleep(clock, METER_MS);
      const { problem } = board.snapshot();
      if (recorded.length > 0) heardMs ??= clock.monotonicMs();
      else if (problem !== undefined || clock.monotonicMs() - startedMs > PATIENCE_MS) {
        output.line(
          output.json
            ? JSON.stringify({ problem })
            : `No microphone can be used: ${problem ?? "it is silent"}`,
        );
        return EXIT.failed;
      }
      output.draw(meter(nowDb));
    }
    output.draw("");
    const { backend = "" } = board.snapshot();
    const verdict = judge(loudestDb);
    if (!output.json) {
      output.line(`Recorded through ${backend}; the loudest was ${Math.round(loudestDb)} dBFS: ${verdict}.`);
      output.remark(`Speaker: ${speaker || "the default one"}. This was recorded:`);
    }
    const problem = await board.play(board.format, recorded).then(
      () => undefined,
      (error: unknown) => messageOf(error),
    );
    if (output.json)
      output.line(JSON.stringify({ backend, loudestDb: Math.round(loudestDb), verdict, problem }));
    else output.line(problem ?? "Played back. Not heard? Look at the volume and at `irene audio devices`.");
    return problem === undefined && loudestDb > TOO_QUIET_DB ? undefined : EXIT.failed;
  } finally {
    await board.close();
  }
}

/** What to do about a microphone whose loudest moment was so loud. */
export function judge(loudestDb: number): string {
  if (loudestDb <= SILENCE_DB) return "silence; it is muted, or the wrong device";
  if (loudestDb < TOO_QUIET_DB) return "hardly anything; turn the microphone up, or take another one";
  if (loudestDb > TOO_LOUD_DB) return "too loud, it is distorted; turn the microphone down";
  return "good";
}

/** A bar from silence to full, with the figure. */
function meter(db: number): string {
  const length = Math.round(((db - SILENCE_DB) / -SILENCE_DB) * METER_WIDTH);
  return `${"█".repeat(length).padEnd(METER_WIDTH, "·")} ${Math.round(db)} dBFS`;
}
