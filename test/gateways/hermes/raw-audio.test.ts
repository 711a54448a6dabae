import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ProtocolError } from "../../../src/base/errors.js";
import {
  parseRawControl,
  parseRawFormat,
  parseRawTopic,
  rawTopic,
} from "../../../src/protocol/hermes/raw-audio.js";
import { house, NOBODY, noise } from "../../fixtures/hermes-house.js";
import { MqttObserver } from "../../fixtures/mqtt-observer.js";

const BASE = "irene_edge/audio";
const at = (siteId: string, kind: "in" | "format" | "ctl") => rawTopic(BASE, kind, siteId);

describe("bare samples", () => {
  it("become text between start and stop, in the format that was stored for the site", async () => {
    const { send, see, observer, voices, settled } = await house();
    await observer.publish(at("kitchen", "format"), '{"rate":22050,"codec":"pcm_s16le"}', true);
    await settled();
    await send(at("kitchen", "ctl"), { cmd: "start", id: "7", lang: "de" });
    await voices.until(({ openTranscriptions }) => openTranscriptions.size === 1);
    await observer.publish(at("kitchen", "in"), noise(2_000));
    await voices.until(({ heardBytes }) => heardBytes === 2_000);
    await send(at("kitchen", "ctl"), { cmd: "stop" });
    expect(await see("hermes/asr/textCaptured")).toMatchObject({ sessionId: "7", siteId: "kitchen" });
    expect(voices.transcribed[0]).toMatchObject({
      language: "de",
      endpointing: true,
      heard: { format: { rateHz: 22_050, widthBytes: 2, channels: 1 }, bytes: noise(2_000) },
    });
  });

  it("are known by a format that was stored before the program came", async () => {
    const { url, bridge, link } = await house();
    bridge.close();
    await link.close();
    const early = await MqttObserver.connect(url, []);
    await early.publish(at("kitchen", "format"), '{"rate":8000}', true);
    await early.close();
    const { send, observer, voices, settled } = await house({}, {}, {}, url);
    await settled();
    await send(at("kitchen", "ctl"), { cmd: "start" });
    await voices.until(({ openTranscriptions }) => openTranscriptions.size === 1);
    await observer.publish(at("kitchen", "in"), noise(100));
    await voices.until(({ heardBytes }) => heardBytes === 100);
    await send(at("kitchen", "ctl"), { cmd: "stop" });
    await voices.until(({ transcribed }) => transcribed.length === 1);
    expect(voices.transcribed[0]?.heard.format?.rateHz).toBe(8_000);
  });

  it("are listened to for wake words too, also where they look like the begin of a WAV file", async () => {
    const { see, observer } = await house({ wake: { word: "alexa", afterBytes: 1_000 } });
    await observer.publish(at("kitchen", "in"), Buffer.concat([Buffer.from("RIFF"), noise(996)]));
    expect(await see("hermes/hotword/alexa/detected")).toMatchObject({ siteId: "kitchen" });
  });

  it("are refused and counted when there are too many in one message, or in no format that is known", async () => {
    const { send, observer, bridge, settled } = await house({}, { sites: ["kitchen", NOBODY] });
    await observer.publish(at("kitchen", "in"), Buffer.alloc(8 * 1024 + 1));
    await send(at("kitchen", "format"), { codec: "opus" });
    await send(at("kitchen", "format"), { rate: 3 });
    await send(at("kitchen", "ctl"), { cmd: "dance" });
    await send(at("attic", "ctl"), { cmd: "start" });
    await settled();
    await observer.until("the refusal of the sound", () => bridge.tally().framesRefused === 1);
    expect(bridge.tally()).toMatchObject({ framesRefused: 1, messagesRefused: 3 });
    expect(bridge.tally().sitesRefused).toBeGreaterThan(0);
  });
});

describe("the topics of bare samples", () => {
  it("name a site and a kind, and nothing else passes", () => {
    expect(parseRawTopic(BASE, at("kitchen", "in"))).toEqual({ siteId: "kitchen", kind: "in" });
    for (const topic of [
      `${BASE}/kitchen`,
      `${BASE}/kitchen/out`,
      `${BASE}//in`,
      `${BASE}/a/in/b`,
      `${BASE}x/a/in`,
      `${BASE}/a\u0000/in`,
    ])
      expect(parseRawTopic(BASE, topic)).toBeUndefined();
  });

  it("carry nothing that fails in another way than by being refused", () => {
    const payload = fc.oneof(
      fc.uint8Array(),
      fc
        .record({ rate: fc.anything(), width: fc.anything(), channels: fc.anything(), cmd: fc.anything() })
        .map((value) => Buffer.from(JSON.stringify(value) ?? "")),
    );
    fc.assert(
      fc.property(payload, fc.constantFrom(parseRawFormat, parseRawControl), (bytes, parse) => {
        try {
          parse(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
        }
      }),
    );
  });
});
