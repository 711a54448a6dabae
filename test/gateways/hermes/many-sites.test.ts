import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { MIB } from "../../../src/base/units.js";
import { Esp32Satellite } from "../../fixtures/esp32-satellite.js";
import { HAS_MOSQUITTO, MOSQUITTO_NEEDED, Mosquitto } from "../../fixtures/mosquitto.js";

const SITES = 20;
/** Rounds of ten seconds of sound of each satellite, sent in batches no broker drops any of. */
const ROUNDS = 4;
const BATCHES = 20;
const BATCH_BYTES = 31 * 512;

interface Report {
  readonly rssBytes: number;
  readonly sites: number;
  readonly tally: { readonly framesRefused: number };
}

describe("twenty satellites", () => {
  it.skipIf(!HAS_MOSQUITTO)(`are all heard in memory that does not grow${MOSQUITTO_NEEDED}`, async () => {
    const broker = await Mosquitto.start({ config: ["max_queued_messages 0"] });
    const program = fork(
      fileURLToPath(new URL("../../fixtures/hermes-program.ts", import.meta.url)),
      [broker.url],
      {
        execArgv: ["--import", "tsx", "--expose-gc"],
      },
    );
    try {
      await once(program, "message");
      const names = Array.from({ length: SITES }, (_, n) => `site-${n}`);
      const satellites = await Promise.all(names.map((name) => Esp32Satellite.connect(broker.url, name)));
      const sound = Buffer.alloc(BATCH_BYTES, 7);
      const reports: Report[] = [];
      for (let batch = 1; batch <= ROUNDS * BATCHES; batch++) {
        await Promise.all(satellites.map((satellite) => satellite.stream(sound)));
        program.send(batch * SITES * BATCH_BYTES);
        const [report] = await once(program, "message");
        if (batch % BATCHES === 0) reports.push(report);
      }
      await Promise.all(satellites.map((satellite) => satellite.close()));
      const [first, , , last] = reports;
      expect(last).toMatchObject({ sites: SITES, tally: { framesRefused: 0 } });
      // 25 MB of sound lie between the two; what grows is at most the allocator's slack.
      expect((last?.rssBytes ?? Number.POSITIVE_INFINITY) - (first?.rssBytes ?? 0)).toBeLessThan(20 * MIB);
    } finally {
      program.kill();
      await broker.stop();
    }
  });
});
