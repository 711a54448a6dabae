import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ProtocolError } from "../../../src/base/errors.js";
import * as asr from "../../../src/protocol/hermes/asr.js";
import * as audio from "../../../src/protocol/hermes/audio.js";
import * as dialogue from "../../../src/protocol/hermes/dialogue.js";
import * as failure from "../../../src/protocol/hermes/failure.js";
import { HERMES_LIMITS, parseFields } from "../../../src/protocol/hermes/fields.js";
import * as hotword from "../../../src/protocol/hermes/hotword.js";
import { decode, encode, type MessageKind } from "../../../src/protocol/hermes/message.js";
import { withToggle } from "../../../src/protocol/hermes/toggle.js";
import { isTopicPart } from "../../../src/protocol/hermes/topic-part.js";
import * as tts from "../../../src/protocol/hermes/tts.js";

const bytes = (value: unknown) => Buffer.from(typeof value === "string" ? value : JSON.stringify(value));

/** Every kind of message that has a topic of its own, by its name in the code. */
const KINDS: ReadonlyMap<string, MessageKind<object>> = new Map(
  Object.entries<unknown>({ ...asr, ...audio, ...dialogue, ...failure, ...hotword, ...tts }).filter(
    (entry): entry is [string, MessageKind<object>] =>
      typeof entry[1] === "object" && entry[1] !== null && "parse" in entry[1],
  ),
);

const site = { siteId: "kitchen" };
const session = { ...site, sessionId: "kitchen-hey_jarvis-1" };
const error = { error: "It broke.", ...session, context: "engine-failed" };
const toggle = { ...site, reason: "dialogueSession" };
const notRecognized = { ...session, input: "blah", customData: "c" };

/** One full example of each, as the satellites' own libraries send it. */
const EXAMPLES: Readonly<Record<string, object>> = {
  startListening: {
    ...session,
    lang: "en",
    stopOnSilence: false,
    sendAudioCaptured: true,
    wakewordId: "w",
    intentFilter: ["a"],
  },
  stopListening: session,
  recordingFinished: session,
  asrToggleOn: toggle,
  asrToggleOff: { ...site, reason: "" },
  textCaptured: {
    text: "zünde das Licht an",
    likelihood: 0.9,
    seconds: 1.5,
    ...session,
    wakewordId: "w",
    lang: "de",
  },
  audioToggleOn: site,
  audioToggleOff: site,
  setVolume: { ...site, volume: 0.5 },
  startSession: {
    ...site,
    init: {
      type: "action",
      canBeEnqueued: false,
      text: "Yes?",
      intentFilter: ["a"],
      sendIntentNotRecognized: true,
    },
    customData: "c",
    lang: "en",
  },
  sessionQueued: { ...session, customData: "c", lang: "en" },
  sessionStarted: { ...session, customData: "c", lang: "en" },
  continueSession: {
    sessionId: "s",
    text: "Which?",
    intentFilter: [],
    customData: "c",
    sendIntentNotRecognized: true,
    slot: "room",
    lang: "en",
  },
  endSession: { sessionId: "s", text: "Done.", customData: "c" },
  sessionEnded: { ...session, termination: { reason: "abortedByUser" }, customData: "c" },
  intentNotRecognized: notRecognized,
  nluNotRecognized: notRecognized,
  nluQuery: { ...session, input: "turn on", id: "1", intentFilter: ["a"], wakewordId: "w", lang: "en" },
  asrError: error,
  ttsError: error,
  hotwordError: error,
  dialogueError: error,
  recordError: error,
  playError: error,
  hotwordToggleOn: toggle,
  hotwordToggleOff: toggle,
  getHotwords: { ...site, id: "1" },
  hotwords: { ...site, id: "1", models: [] },
  say: { ...session, text: "Hello", lang: "en", id: "1", volume: 0.25 },
  sayFinished: { ...session, id: "1" },
  getVoices: { ...site, id: "1" },
  voices: { ...site, id: "1", voices: [] },
};

describe("every message of Hermes", () => {
  it("has an example here", () => {
    expect(Object.keys(EXAMPLES).sort()).toEqual([...KINDS.keys()].sort());
  });

  it("has a topic of its own", () => {
    const topics = [...KINDS.values()].map(({ topic }) => topic);
    expect(new Set(topics).size).toBe(topics.length);
  });

  for (const [name, kind] of KINDS) {
    it(`survives the way there and back: ${name}`, () => {
      const example = EXAMPLES[name] ?? {};
      expect(decode(kind, bytes(encode(kind, example).payload))).toEqual(example);
    });

    it(`takes whatever comes without more than a protocol error: ${name}`, () => {
      const member = fc.constantFrom(
        "siteId",
        "sessionId",
        "text",
        "init",
        "termination",
        "reason",
        "id",
        "volume",
        "lang",
        "__proto__",
      );
      fc.assert(
        fc.property(fc.dictionary(member, fc.jsonValue()), (message) => {
          try {
            decode(kind, bytes(message));
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(ProtocolError);
          }
        }),
        { numRuns: 60 },
      );
    });
  }
});

describe("parseFields", () => {
  it("takes an empty message as one without members", () => {
    expect(decode(asr.stopListening, Buffer.alloc(0))).toEqual({ siteId: "default" });
  });

  it("refuses what is no JSON object", () => {
    for (const text of ["[]", "null", "1", '"text"', "{", "\u0000", '{"a":1}x']) {
      expect(() => parseFields(bytes(text))).toThrowError(
        expect.objectContaining({ code: "malformed-frame" }),
      );
    }
    expect(() => parseFields(Buffer.from([0x7b, 0xff, 0x7d]))).toThrowError(
      expect.objectContaining({ code: "malformed-frame" }),
    );
  });

  it("refuses JSON bombs: too long, or nested deeply", () => {
    expect(() => parseFields(bytes({ text: "x".repeat(HERMES_LIMITS.payload) }))).toThrowError(
      expect.objectContaining({ code: "frame-too-large" }),
    );
    const deep = `{"siteId":"kitchen","init":${"[".repeat(30_000)}${"]".repeat(30_000)}}`;
    expect(decode(dialogue.startSession, bytes(deep))).toMatchObject({
      siteId: "kitchen",
      init: { type: "action" },
    });
    const unclosed = `{"a":${"[".repeat(60_000)}`;
    expect(() => parseFields(bytes(unclosed))).toThrowError(
      expect.objectContaining({ code: "malformed-frame" }),
    );
  });

  it("ignores members it does not know, and takes null as absent", () => {
    const message = { text: "hi", siteId: null, volume: null, lang: null, future: { nested: true } };
    expect(decode(tts.say, bytes(message))).toEqual({ text: "hi", siteId: "default" });
  });

  it("is not fooled by names every object has", () => {
    expect(decode(asr.stopListening, bytes('{"__proto__":{"siteId":"evil"}}'))).toEqual({
      siteId: "default",
    });
    expect(decode(tts.sayFinished, bytes('{"constructor":1}'))).toEqual({ siteId: "default" });
  });

  it("refuses a text that is too long, and a message without the text it is about", () => {
    expect(() => decode(tts.say, bytes({ text: "x".repeat(5_000) }))).toThrowError(
      /text has 5000 characters/,
    );
    expect(() => decode(tts.say, bytes({ siteId: "a" }))).toThrowError(/no text/);
    expect(() => decode(dialogue.endSession, bytes({ text: "bye" }))).toThrowError(/no sessionId/);
    expect(() => decode(dialogue.startSession, bytes({ init: { type: "notification" } }))).toThrowError(
      /no text/,
    );
    expect(() => decode(dialogue.startSession, bytes({ init: { type: "party" } }))).toThrowError(
      /something unknown/,
    );
  });
});

describe("ids in topics", () => {
  const evil = [
    "",
    "a/b",
    "+",
    "#",
    "a#",
    "kit+chen",
    "a\u0000b",
    "a\nb",
    "a\u007fb",
    "x".repeat(65),
    "\ud800",
  ];

  it("are refused when they could address other topics", () => {
    for (const id of evil) {
      expect(isTopicPart(id)).toBe(false);
      expect(() => decode(asr.startListening, bytes({ siteId: id }))).toThrowError(
        expect.objectContaining({ code: "malformed-frame" }),
      );
      expect(() => audio.playBytesTopic("kitchen", id)).toThrowError(ProtocolError);
      expect(() => audio.frameFiltersOf(id)).toThrowError(ProtocolError);
    }
  });

  it("may be of any language", () => {
    for (const id of ["küche", "кухня", "living room", "厨房", "sat.kitchen-2"])
      expect(isTopicPart(id)).toBe(true);
  });

  it("are read from the topics of sound", () => {
    expect(audio.parseFrameTopic("hermes/audioServer/küche/audioFrame")).toEqual({ siteId: "küche" });
    expect(audio.parseFrameTopic("hermes/audioServer/a/s-1/audioSessionFrame")).toEqual({
      siteId: "a",
      sessionId: "s-1",
    });
    for (const topic of [
      "hermes/audioServer/a/s/audioFrame",
      "hermes/audioServer/a/audioSessionFrame",
      "hermes/audioServer//audioFrame",
      "x",
    ]) {
      expect(audio.parseFrameTopic(topic)).toBeUndefined();
    }
    expect(audio.parsePlayFinished("hermes/audioServer/a/playFinished", { id: "7" })).toEqual({
      siteId: "a",
      id: "7",
    });
  });

  it("stand in the topic of a detection", () => {
    const detected = {
      wakewordId: "hey_jarvis",
      modelId: "hey_jarvis_v0.1",
      modelVersion: "",
      modelType: "universal",
      currentSensitivity: 1,
      siteId: "kitchen",
    } as const;
    const { topic, payload } = hotword.encodeDetected(detected);
    expect(topic).toBe("hermes/hotword/hey_jarvis/detected");
    expect(hotword.decodeDetected(topic, bytes(payload))).toEqual(detected);
    expect(() => hotword.encodeDetected({ ...detected, wakewordId: "a/b" })).toThrowError(ProtocolError);
  });

  it("keep recordings of sessions with odd ids off the broker", () => {
    expect(asr.audioCapturedTopic({ siteId: "a", sessionId: "s" })).toBe("rhasspy/asr/a/s/audioCaptured");
    expect(asr.audioCapturedTopic({ siteId: "a", sessionId: "s/#" })).toBeUndefined();
    expect(asr.audioCapturedTopic({ siteId: "a" })).toBeUndefined();
  });

  it("answer a request to train", () => {
    expect(asr.trainSuccess("rhasspy/asr/kitchen/train", { id: "9" })).toEqual({
      topic: "rhasspy/asr/kitchen/trainSuccess",
      payload: '{"id":"9"}',
    });
    expect(asr.trainSuccess("rhasspy/asr/a/b/train", {})).toBeUndefined();
  });
});

describe("small satellites", () => {
  it("can read what they must: at most 300 bytes for the longest site and session ids we make", () => {
    const siteId = "k".repeat(64);
    const sessionId = `${siteId}-${"w".repeat(32)}-${crypto.randomUUID()}`;
    const must = [
      encode(hotword.hotwordToggleOff, { siteId, reason: "dialogueSession" }),
      encode(asr.asrToggleOn, { siteId, reason: "dialogueSession" }),
      encode(tts.sayFinished, { siteId, sessionId, id: "12345678-1234" }),
    ];
    for (const { payload } of must) expect(payload.length).toBeLessThanOrEqual(300);
  });
});

describe("withToggle", () => {
  it("is on again only when every reason was taken back", () => {
    const off = withToggle(withToggle(new Set(), false, "dialogueSession"), false, "ttsSay");
    const half = withToggle(off, true, "ttsSay");
    expect([...half]).toEqual(["dialogueSession"]);
    expect(withToggle(half, true, "dialogueSession").size).toBe(0);
    expect([...withToggle(half, true, "playAudio")]).toEqual(["dialogueSession"]);
  });

  it("is on at once for whoever does not care for reasons", () => {
    expect(withToggle(new Set(["a", "b"]), true, "").size).toBe(0);
  });

  it("does not collect reasons without end", () => {
    let reasons: ReadonlySet<string> = new Set();
    for (let n = 0; n < 1_000; n++) reasons = withToggle(reasons, false, `reason ${n}`);
    expect(reasons.size).toBe(8);
  });
});
