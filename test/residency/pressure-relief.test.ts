import { describe, expect, it } from "vitest";
import { house, resident, turns } from "../fixtures/residency-house.js";

const A = resident("whisper/a", { steadyMiB: 180 });
const B = resident("moonshine/b", { steadyMiB: 130 });
const C = resident("piper/c", { capability: "tts", steadyMiB: 80 });
const DEADLINE = { deadlineMs: 60_000 };

describe("relief from memory pressure", () => {
  it("stops loading ahead, then sends idle models away, and spares those in use", async () => {
    const { residency, during, machine, until, view, evictions, clock } = house([A, B, C], 1000);
    (await during(residency.lease("whisper/a", DEADLINE))).release();
    const used = await during(residency.lease("moonshine/b", DEADLINE));
    machine.availableMiB = 900;
    await until(() => evictions.length > 0);
    expect(evictions[0]).toMatchObject({
      model: "whisper/a",
      why: expect.stringMatching(/^memory is short: .* left; /),
    });
    expect(view("moonshine/b").state).toBe("ready");
    residency.prefetch("piper/c");
    await turns();
    expect(view("piper/c").state).toBe("cold");
    used.release();
    await until(() => view("moonshine/b").state === "cold");

    machine.availableMiB = 6000;
    clock.advance(2000);
    await turns();
    residency.prefetch("piper/c");
    await turns();
    expect(view("piper/c").state).toBe("cold");
    await until(() => {
      residency.prefetch("piper/c");
      return view("piper/c").state === "ready";
    });
  });

  it("spares pinned models", async () => {
    const { residency, during, machine, view, clock } = house([{ ...A, pinned: true }], 1000);
    (await during(residency.lease("whisper/a", DEADLINE))).release();
    machine.availableMiB = 300;
    for (let look = 0; look < 10; look++) {
      clock.advance(2000);
      await turns();
    }
    expect(view("whisper/a").state).toBe("ready");
  });
});
