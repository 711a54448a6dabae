import { describe, expect, it } from "vitest";
import type { MqttPublication, PublishOutcome } from "../../../src/base/mqtt-port.js";
import { Outbox, type Outgoing } from "../../../src/gateways/mqtt/outbox.js";

function queued(
  outcomes: string[],
  publication: Partial<MqttPublication> & { topic: string },
  expiresAtMs?: number,
): Outgoing {
  return {
    publication: { payload: "x", qos: 1, ...publication },
    settle: (outcome: PublishOutcome) => outcomes.push(`${publication.topic} ${outcome}`),
    ...(expiresAtMs !== undefined && { expiresAtMs }),
  };
}

const drain = (outbox: Outbox, nowMs = 0) => {
  const topics: string[] = [];
  for (let next = outbox.shift(nowMs); next; next = outbox.shift(nowMs)) topics.push(next.publication.topic);
  return topics;
};

describe("Outbox", () => {
  it("drops the oldest and tells so when too many wait", () => {
    const outcomes: string[] = [];
    const outbox = new Outbox({ messages: 2, bytes: 1_000 });
    for (const topic of ["a", "b", "c"]) outbox.push(queued(outcomes, { topic }));
    expect(outcomes).toEqual(["a dropped"]);
    expect(drain(outbox)).toEqual(["b", "c"]);
  });

  it("counts bytes too, and lets none be stuck when a message alone is too large", () => {
    const outcomes: string[] = [];
    const outbox = new Outbox({ messages: 10, bytes: 100 });
    outbox.push(queued(outcomes, { topic: "small" }));
    outbox.push(queued(outcomes, { topic: "huge", payload: "x".repeat(200) }));
    expect(outcomes).toEqual(["small dropped", "huge dropped"]);
    outbox.push(queued(outcomes, { topic: "next", payload: "x".repeat(90) }));
    expect(drain(outbox)).toEqual(["next"]);
  });

  it("keeps only the newest retained message of a topic, and every other one", () => {
    const outcomes: string[] = [];
    const outbox = new Outbox({ messages: 10, bytes: 1_000 });
    outbox.push(queued(outcomes, { topic: "state", retain: true }));
    outbox.push(queued(outcomes, { topic: "event" }));
    outbox.push(queued(outcomes, { topic: "event" }));
    outbox.push(queued(outcomes, { topic: "state", retain: true }));
    expect(outcomes).toEqual(["state dropped"]);
    expect(drain(outbox)).toEqual(["event", "event", "state"]);
  });

  it("puts unacknowledged messages back in front, except states that are out of date", () => {
    const outcomes: string[] = [];
    const outbox = new Outbox({ messages: 10, bytes: 1_000 });
    outbox.push(queued(outcomes, { topic: "state", retain: true }));
    outbox.putBack([
      queued(outcomes, { topic: "state", retain: true }),
      queued(outcomes, { topic: "first" }),
    ]);
    expect(outcomes).toEqual(["state dropped"]);
    expect(drain(outbox)).toEqual(["first", "state"]);
  });

  it("forgets what has expired", () => {
    const outcomes: string[] = [];
    const outbox = new Outbox({ messages: 10, bytes: 1_000 });
    outbox.push(queued(outcomes, { topic: "old" }, 50));
    outbox.push(queued(outcomes, { topic: "fresh" }, 150));
    expect(drain(outbox, 100)).toEqual(["fresh"]);
    expect(outcomes).toEqual(["old dropped"]);
  });
});
