import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ProtocolError } from "../../../src/base/errors.js";
import { decodeEvents, encodeEvent, type WireLimits } from "../../../src/protocol/wyoming/codec.js";
import type { EventKind } from "../../../src/protocol/wyoming/define-event.js";
import { shapeValue } from "../../fixtures/event-values.js";
import { type Mutation, mutate, mutation } from "../../fixtures/mutations.js";
import { cutAt } from "../../fixtures/streams.js";
import { judge } from "../../fixtures/wyoming-oracle.js";

type Kind = EventKind<Record<string, unknown>>;

/** Far more than it takes on an idle machine; a busy one may need it. */
const MOST_MS = 600_000;

const RUNS = Number(process.env["IRENE_FUZZ_RUNS"] ?? 100_000);

/** Small, so that short streams reach them. */
const LIMITS: WireLimits = { headerBytes: 200, dataBytes: 500, payloadBytes: 300 };

async function kindsByType(): Promise<Map<string, Kind>> {
  const folder = new URL("../../../src/protocol/wyoming/", import.meta.url);
  const files = readdirSync(fileURLToPath(folder)).filter((file) => file.endsWith(".ts"));
  const modules = await Promise.all(files.map((file) => import(new URL(file, folder).href)));
  const kinds = modules.flatMap((module: object) =>
    Object.values(module).filter((value): value is Kind => typeof value === "object" && "encode" in value),
  );
  return new Map(kinds.map((kind) => [kind.type, kind]));
}

const KINDS = await kindsByType();

/** Valid events of every kind, to be spoiled. */
const POOL: readonly Buffer[] = [...KINDS.values()].flatMap((kind) =>
  fc
    .sample(shapeValue(kind.shape), { numRuns: 10, seed: 7 })
    .map((value) =>
      encodeEvent(
        kind.encode(kind.hasPayload ? { ...value, payload: Buffer.from("\n{\u0000}".repeat(20)) } : value),
      ),
    ),
);

interface Outcome {
  /** Type, data and payload of each event. */
  readonly events: string[];
  readonly end: string;
  /** Bytes taken from the peer before it ended. */
  readonly taken: number;
}

const print = ({ type, data, payload }: { type: string; data: unknown; payload: Uint8Array }): string =>
  JSON.stringify([type, data, Buffer.from(payload).toString("latin1")]);

async function decode(bytes: Buffer, cuts: readonly number[]): Promise<Outcome> {
  let taken = 0;
  async function* counted() {
    for await (const piece of cutAt(bytes, cuts)) {
      taken += piece.length;
      yield piece;
    }
  }
  const events: string[] = [];
  try {
    for await (const event of decodeEvents(counted(), { limits: LIMITS })) {
      events.push(print(event));
      decodeTyped(event);
    }
    return { events, end: "clean", taken };
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return { events, end: error.code, taken };
  }
}

/** The typed form of an event: there, or refused as malformed. */
function decodeTyped(event: Parameters<Kind["decode"]>[0]): void {
  try {
    KINDS.get(event.type)?.decode(event);
  } catch (error) {
    if (!(error instanceof ProtocolError && error.code === "malformed-frame")) throw error;
  }
}

describe("the decoder", () => {
  it(
    `makes of ${RUNS.toLocaleString("en")} spoiled streams, however cut, exactly what they mean, and never holds more than one event`,
    async () => {
      const ends = new Map<string, number>();
      const stream = fc.record({
        events: fc.array(fc.nat({ max: POOL.length - 1 }), { minLength: 1, maxLength: 4 }),
        changes: fc.array(mutation, { maxLength: 3 }),
        cuts: fc.array(fc.nat({ max: 2_000 }), { maxLength: 6 }),
      });
      const property = async ({
        events,
        changes,
        cuts,
      }: {
        events: number[];
        changes: Mutation[];
        cuts: number[];
      }) => {
        const whole = Buffer.concat(events.map((index) => POOL[index] ?? Buffer.alloc(0)));
        const bytes = changes.reduce(mutate, whole);
        const at = cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b);
        const expected = judge(bytes, LIMITS);
        const actual = await decode(bytes, at);
        ends.set(actual.end, (ends.get(actual.end) ?? 0) + 1);
        const isSame =
          actual.end === expected.end && actual.events.join() === expected.events.map(print).join();
        if (!isSame) throw new Error(`decoded ${JSON.stringify(actual)}, meant ${JSON.stringify(expected)}`);
        // Once an event is known to be bad nothing more is taken than the piece in which that showed.
        const most = expected.endsAt + LIMITS.headerBytes + LIMITS.dataBytes + LIMITS.payloadBytes + 2;
        const piecesEnd = [...at, bytes.length].find((cut) => cut >= most) ?? bytes.length;
        if (actual.taken > piecesEnd) throw new Error(`took ${actual.taken} bytes, ${piecesEnd} are enough`);
      };
      await fc.assert(fc.asyncProperty(stream, property), { numRuns: RUNS });
      // The fuzzer is worth something only while it reaches every end.
      if (RUNS >= 1_000) {
        expect([...ends.keys()].sort()).toEqual([
          "clean",
          "frame-too-large",
          "frame-truncated",
          "malformed-frame",
        ]);
      }
    },
    MOST_MS,
  );
});
