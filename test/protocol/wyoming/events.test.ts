import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeEvents, encodeEvent, NO_PAYLOAD } from "../../../src/protocol/wyoming/codec.js";
import type { EventKind } from "../../../src/protocol/wyoming/define-event.js";
import { wireNameOf } from "../../../src/protocol/wyoming/fields.js";
import { shapeValue } from "../../fixtures/event-values.js";
import { collect, cut } from "../../fixtures/streams.js";
import { UPSTREAM_EVENTS } from "../../fixtures/upstream-events.js";

type Kind = EventKind<Record<string, unknown>>;
const FOLDER = new URL("../../../src/protocol/wyoming/", import.meta.url);

/** Every event of the protocol, as its reference library 1.9 and the branches after it have them. */
const EVERY_TYPE = [
  ..."audio-start audio-chunk audio-stop played describe info".split(" "),
  ..."transcribe transcript transcript-start transcript-chunk transcript-stop".split(" "),
  ..."synthesize synthesize-start synthesize-chunk synthesize-stop synthesize-stopped".split(" "),
  ..."detect detection not-detected voice-started voice-stopped".split(" "),
  ..."recognize intent intents-start intents-stop not-recognized".split(" "),
  ..."handled not-handled handled-start handled-chunk handled-stop".split(" "),
  ..."run-satellite pause-satellite streaming-started streaming-stopped".split(" "),
  ..."satellite-connected satellite-disconnected run-pipeline".split(" "),
  ..."timer-started timer-updated timer-cancelled timer-finished".split(" "),
  ..."ping pong error user-event".split(" "),
  ..."identify identified not-identified enroll enrolled delete deleted".split(" "),
];

const isKind = (value: unknown): value is Kind =>
  typeof value === "object" && value !== null && "type" in value && "encode" in value && "decode" in value;

async function everyKind(): Promise<Kind[]> {
  const files = readdirSync(fileURLToPath(FOLDER)).filter((file) => file.endsWith(".ts"));
  const modules = await Promise.all(files.map((file) => import(new URL(file, FOLDER).href)));
  return modules.flatMap((module: object) => Object.values(module).filter(isKind));
}

const KINDS = await everyKind();
const kind = (type: string): Kind => {
  const found = KINDS.find((one) => one.type === type);
  if (!found) throw new Error(`no event ${type}`);
  return found;
};

describe("the modules of src/protocol/wyoming", () => {
  it("define every event once", () => {
    expect(KINDS.map(({ type }) => type).sort()).toEqual([...EVERY_TYPE].sort());
  });

  it.each(KINDS.map((one) => [one.type, one] as const))("bring %s over the wire and back", async (_, one) => {
    const payload = one.hasPayload ? fc.uint8Array() : fc.constant(undefined);
    await fc.assert(
      fc.asyncProperty(
        shapeValue(one.shape),
        payload,
        fc.integer({ min: 1, max: 50 }),
        async (members, bytes, size) => {
          const value = bytes ? { ...members, payload: bytes } : members;
          const [event, ...more] = await collect(decodeEvents(cut(encodeEvent(one.encode(value)), size)));
          expect(more).toEqual([]);
          expect(event?.type).toBe(one.type);
          const back = one.decode(event ?? { type: "", data: {}, payload: NO_PAYLOAD });
          expect(bytes ? { ...back, payload: Uint8Array.from(back["payload"] as Uint8Array) } : back).toEqual(
            value,
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  it.each(KINDS.map((one) => [one.type, one] as const))("take null for absence in %s", (_, one) => {
    const optional = Object.entries(one.shape).filter(
      ([, field]) => "absent" in field || "fallback" in field,
    );
    fc.assert(
      fc.property(shapeValue(one.shape), (members) => {
        const { data } = one.encode({ ...members, ...(one.hasPayload ? { payload: NO_PAYLOAD } : {}) });
        const names = optional.map(([name, field]) => wireNameOf(name, field));
        const nulled = { ...data, ...Object.fromEntries(names.map((name) => [name, null])) };
        const without = Object.fromEntries(Object.entries(data).filter(([name]) => !names.includes(name)));
        const decode = (from: Record<string, unknown>) =>
          one.decode({ type: one.type, data: from, payload: NO_PAYLOAD });
        expect(decode(nulled)).toEqual(decode(without));
      }),
      { numRuns: 20 },
    );
  });

  it.each(KINDS.filter((one) => Object.keys(one.shape).length > 0).map((one) => [one.type, one] as const))(
    "name the member at fault in %s",
    (_, one) => {
      for (const [name, field] of Object.entries(one.shape)) {
        if (field.kind.name === "anything") continue;
        const wireName = wireNameOf(name, field);
        const wrong = field.kind.name === "string" || field.kind.name === "choice" ? 5 : "wrong";
        const valid = fc.sample(shapeValue(one.shape), 1)[0] ?? {};
        const { data } = one.encode({ ...valid, ...(one.hasPayload ? { payload: NO_PAYLOAD } : {}) });
        expect(() =>
          one.decode({ type: one.type, data: { ...data, [wireName]: wrong }, payload: NO_PAYLOAD }),
        ).toThrow(
          expect.objectContaining({
            code: "malformed-frame",
            message: expect.stringContaining(`.${wireName} `),
          }),
        );
      }
    },
  );
});

describe("events on the wire", () => {
  const wire = (type: string, value: Record<string, unknown>) =>
    encodeEvent(kind(type).encode(value)).toString("latin1");

  it("carry the members of the reference library in its order, explicit nulls included", () => {
    expect(wire("transcribe", { language: "ru" })).toBe(
      '{"type": "transcribe", "version": "1.9.0", "data_length": 18}\n{"language": "ru"}',
    );
    expect(
      wire("audio-chunk", {
        rateHz: 16_000,
        widthBytes: 2,
        channels: 1,
        timestampMs: 5,
        payload: Buffer.from("ab"),
      }),
    ).toBe(
      '{"type": "audio-chunk", "version": "1.9.0", "data_length": 58, "payload_length": 2}\n' +
        '{"rate": 16000, "width": 2, "channels": 1, "timestamp": 5}ab',
    );
    expect(wire("audio-stop", {})).toBe(
      '{"type": "audio-stop", "version": "1.9.0", "data_length": 19}\n{"timestamp": null}',
    );
    expect(wire("detect", {})).toContain('{"names": null}');
    expect(wire("detection", { name: "ok_nabu" })).toContain(
      '{"name": "ok_nabu", "timestamp": null, "speaker": null}',
    );
    expect(wire("ping", {})).toContain('{"text": null}');
  });

  it.each(Object.entries(UPSTREAM_EVENTS))(
    "are for %s the bytes of the reference library",
    async (type, bytes) => {
      const [event, ...more] = await collect(decodeEvents(cut(bytes, 7)));
      expect(more).toEqual([]);
      expect(event?.type).toBe(type);
      const value = kind(type).decode(event ?? { type: "", data: {}, payload: NO_PAYLOAD });
      expect(encodeEvent(kind(type).encode(value))).toEqual(bytes);
    },
  );

  it("refuse a string where a list of languages belongs, which other readers cut into letters", () => {
    const artifact = { name: "a", attribution: { name: "b", url: "c" }, installed: true };
    const data = { asr: [{ ...artifact, models: [{ ...artifact, languages: "en" }] }] };
    expect(() => kind("info").decode({ type: "info", data, payload: NO_PAYLOAD })).toThrow(
      /info\.asr\[0\]\.models\[0\]\.languages is not a list/,
    );
  });

  it("read an info whose sender knows fewer and more members than we do", () => {
    const artifact = {
      name: "a",
      attribution: { name: "b", url: "c", extra: 1 },
      installed: true,
      shiny: {},
    };
    const data = { asr: [{ ...artifact, models: [] }], holograms: [] };
    expect(kind("info").decode({ type: "info", data, payload: NO_PAYLOAD })).toEqual({
      asr: [
        {
          name: "a",
          attribution: { name: "b", url: "c" },
          installed: true,
          models: [],
          supportsTranscriptStreaming: false,
          requiresExternalVad: true,
          prefersAutoGainEnabled: true,
          prefersNoiseReductionEnabled: true,
        },
      ],
      tts: [],
      handle: [],
      intent: [],
      wake: [],
      mic: [],
      snd: [],
    });
  });
});
