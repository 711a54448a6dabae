import { describe, expect, it } from "vitest";
import {
  decodeEvents,
  encodeEvent,
  NO_PAYLOAD,
  WIRE_LIMITS,
  type WyomingEvent,
} from "../../../src/protocol/wyoming/codec.js";
import { collect, cut } from "../../fixtures/streams.js";

const chunk = {
  type: "audio-chunk",
  data: { rate: 16_000, width: 2, channels: 1 },
  payload: Buffer.from("a\nb"),
};
const transcript = { type: "transcript", data: { text: "zünde das Licht an" }, payload: NO_PAYLOAD };

const decode = (bytes: Uint8Array | string, size = 1 << 20): Promise<WyomingEvent[]> =>
  collect(decodeEvents(cut(Buffer.from(bytes), size)));
const plain = (events: readonly WyomingEvent[]) =>
  events.map(({ type, data, payload }) => ({ type, data, payload: Buffer.from(payload).toString("latin1") }));

/** Bytes as the reference library writes them. */
const RECORDED: readonly [string, WyomingEvent][] = [
  ['{"type": "describe", "version": "1.9.0"}\n', { type: "describe", data: {}, payload: NO_PAYLOAD }],
  [
    '{"type": "transcribe", "version": "1.9.0", "data_length": 18}\n{"language": "ru"}',
    { type: "transcribe", data: { language: "ru" }, payload: NO_PAYLOAD },
  ],
  [
    '{"type": "audio-chunk", "version": "1.9.0", "data_length": 58, "payload_length": 2}\n' +
      '{"rate": 16000, "width": 2, "channels": 1, "timestamp": 5}\u0001\u0002',
    {
      type: "audio-chunk",
      data: { rate: 16_000, width: 2, channels: 1, timestamp: 5 },
      payload: Buffer.from([1, 2]),
    },
  ],
  [
    '{"type": "audio-stop", "version": "1.9.0", "data_length": 19}\n{"timestamp": null}',
    { type: "audio-stop", data: { timestamp: null }, payload: NO_PAYLOAD },
  ],
  [
    '{"type": "transcript-stop", "version": "1.9.0"}\n',
    { type: "transcript-stop", data: {}, payload: NO_PAYLOAD },
  ],
];

describe("encodeEvent", () => {
  it.each(RECORDED)("writes the recorded bytes %j", (bytes, event) => {
    expect(encodeEvent(event).toString("latin1")).toBe(bytes);
  });

  it("leaves letters of all scripts as they are and counts bytes, not characters", () => {
    const text = "Wohnzimmer, кухня, 台所 🙂";
    const bytes = encodeEvent({ type: "transcript", data: { text }, payload: NO_PAYLOAD }).toString();
    const body = `{"text": "${text}"}`;
    expect(bytes).toBe(
      `{"type": "transcript", "version": "1.9.0", "data_length": ${Buffer.byteLength(body)}}\n${body}`,
    );
  });

  it("writes lists, objects and escapes as Python does, and leaves undefined out", () => {
    const data = { a: [1, { b: true, c: null }], d: {}, e: [], f: 'tab\t "quote" \\ \u0001', g: undefined };
    const body =
      '{"a": [1, {"b": true, "c": null}], "d": {}, "e": [], "f": "tab\\t \\"quote\\" \\\\ \\u0001"}';
    expect(encodeEvent({ type: "x", data, payload: NO_PAYLOAD }).toString().split("\n")[1]).toBe(body);
  });

  it("has no data section when every member is undefined", () => {
    const bytes = encodeEvent({ type: "x", data: { a: undefined }, payload: NO_PAYLOAD });
    expect(bytes.toString()).toBe('{"type": "x", "version": "1.9.0"}\n');
  });
});

describe("decodeEvents", () => {
  const wire = Buffer.concat([encodeEvent(chunk), encodeEvent(transcript)]);
  it.each([1, 7, wire.length])(
    "yields the same events when TCP delivers %i bytes at a time",
    async (size) => {
      expect(plain(await decode(wire, size))).toEqual(plain([chunk, transcript]));
    },
  );

  it.each(RECORDED)("reads the recorded bytes %j", async (bytes, event) => {
    expect(plain(await decode(Buffer.from(bytes, "latin1"), 3))).toEqual(plain([event]));
  });

  it.each([
    ["data inline", '{"type": "x", "data": {"a": 1}}\n', { a: 1 }],
    ["null for data", '{"type": "x", "data": null}\n', {}],
    ["null for data beside a section", '{"type": "x", "data": null, "data_length": 8}\n{"a": 2}', { a: 2 }],
    [
      "data twice, the section winning",
      '{"type":"x","data":{"a":1,"b":1},"data_length":7}\n{"a":2}',
      { a: 2, b: 1 },
    ],
    ["a carriage return before the line feed", '{"type": "x"}\r\n', {}],
    ["lengths of zero, below zero and null", '{"type":"x","data_length":-5,"payload_length":null}\n', {}],
    [
      "a member called __proto__",
      '{"type":"x","data_length":22}\n{"__proto__": {"a":1}}',
      JSON.parse('{"__proto__":{"a":1}}'),
    ],
    ["header members nobody knows", '{"type":"x","future":[1,2]}\n', {}],
  ])("reads %s", async (_, bytes, data) => {
    expect(await decode(bytes)).toEqual([{ type: "x", data, payload: Buffer.alloc(0) }]);
  });

  it.each([
    ["an empty line", "\n"],
    ["a header that is no JSON", "GET / HTTP/1.1\r\n"],
    ["a header that is a list", "[1]\n"],
    ["a header that is null", "null\n"],
    ["a header without type", '{"data": {}}\n'],
    ["a type that is a number", '{"type": 7}\n'],
    ["data that is a list", '{"type": "x", "data": []}\n'],
    ["a data section that is no JSON", '{"type": "x", "data_length": 3}\n{a}'],
    ["a data section that is a string", '{"type": "x", "data_length": 3}\n"a"'],
    ["a length that is a string", '{"type": "x", "data_length": "3"}\n{ }'],
    ["a length with a fraction", '{"type": "x", "payload_length": 1.5}\n..'],
    [
      "bytes that are no UTF-8",
      Buffer.from([...Buffer.from('{"type": "'), 0xff, 0xfe, ...Buffer.from('"}\n')]),
    ],
  ])("refuses %s", async (_, bytes) => {
    await expect(decode(bytes)).rejects.toMatchObject({ name: "ProtocolError", code: "malformed-frame" });
  });

  it.each([
    ["payload", `{"type":"audio-chunk","payload_length":${WIRE_LIMITS.payloadBytes + 1}}\n`],
    ["data section", `{"type":"audio-chunk","data_length":${WIRE_LIMITS.dataBytes + 1}}\n`],
    ["length beyond all numbers", '{"type":"audio-chunk","data_length":1e300}\n'],
    ["header", `{"type":"${"x".repeat(WIRE_LIMITS.headerBytes)}"}\n`],
    ["header without end", "x".repeat(WIRE_LIMITS.headerBytes + 1)],
  ])("refuses a %s over the limit before buffering it", async (_, greedy) => {
    await expect(decode(greedy, 64)).rejects.toMatchObject({ code: "frame-too-large" });
  });

  it("obeys the limits it is given", async () => {
    const limits = { headerBytes: 100, dataBytes: 10, payloadBytes: 2 };
    await expect(collect(decodeEvents(cut(wire, 64), { limits }))).rejects.toMatchObject({
      code: "frame-too-large",
    });
  });

  it("tells a peer that hung up inside a frame from one that finished", async () => {
    for (const cutOff of [1, 5, 20, encodeEvent(transcript).length - 1]) {
      await expect(decode(wire.subarray(0, -cutOff), 64)).rejects.toMatchObject({ code: "frame-truncated" });
    }
  });

  it("says whether it waits inside a frame or between two", async () => {
    const waits: boolean[] = [];
    const header = Buffer.from('{"type": "x", "payload_length": 2}\n');
    async function* slow() {
      yield header.subarray(0, 5);
      yield header.subarray(5);
      yield Buffer.from("a");
      yield Buffer.from("b");
    }
    await collect(decodeEvents(slow(), { onWait: (insideFrame) => waits.push(insideFrame) }));
    expect(waits).toEqual([false, true, true, true, false]);
  });
});
