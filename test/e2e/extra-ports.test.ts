import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MdnsListener, OWN_ADDRESS, PTR } from "../fixtures/mdns-listener.js";
import { Program } from "../fixtures/program.js";
import { describeServer, synthesizeText } from "../fixtures/wyoming-tasks.js";

const NEEDS = OWN_ADDRESS ? "" : " [skipped: this machine has no network]";
const QUIET = { IRENE_PRELOAD: "false", IRENE_MQTT__ENABLED: "false", IRENE_HTTP__ENABLED: "false" };

interface Named {
  readonly name: string;
  readonly models?: readonly { readonly name: string }[];
  readonly voices?: readonly { readonly name: string }[];
}
const programs = async (port: number, kind: string): Promise<readonly Named[]> =>
  (await describeServer(port))[kind] as readonly Named[];

describe("a port of its own for an engine", () => {
  let program: Program;
  beforeAll(async () => {
    program = await Program.serve({
      env: { ...QUIET, IRENE_WYOMING__EXTRA_PORTS: "espeak=0,whisper/tiny=0,no-such-engine=0" },
    });
  });
  afterAll(() => program.dispose());

  /** The port that a line of the log tells. */
  const portIn = async (pattern: RegExp): Promise<number> =>
    Number(/:(\d+)$/.exec((await program.line(pattern)).trim())?.[1]);

  it("offers that engine alone, under its own name", async () => {
    const espeak = await portIn(/Irene .*eSpeak.* has a port of its own: /i);
    expect(await programs(espeak, "asr")).toEqual([]);
    const [tts] = await programs(espeak, "tts");
    expect(tts?.name).toMatch(/^Irene .*espeak/i);
    const whisper = await portIn(/Irene .*Whisper.* has a port of its own: /i);
    const [asr] = await programs(whisper, "asr");
    expect(asr?.models?.map(({ name }) => name)).toEqual(["tiny"]);
    expect(await programs(whisper, "tts")).toEqual([]);
  });

  it("leaves the common port as it is, with everything", async () => {
    const port = await program.port("wyoming");
    const [tts, ...others] = await programs(port, "tts");
    expect([tts?.name, others]).toEqual(["Irene", []]);
    expect(tts?.voices?.length).toBeGreaterThan(1);
  });

  it("answers with its engine", async () => {
    const espeak = await portIn(/Irene .*eSpeak.* has a port of its own: /i);
    const { pcm } = await synthesizeText(espeak, "This is eSpeak.");
    expect(pcm.length).toBeGreaterThan(10_000);
    await program.line(/eSpeak NG is ready/);
  });

  it("is refused with a line to an engine that nobody has", async () => {
    const line = await program.line(/no-such-engine/);
    expect(line).toMatch(/WARN.*wyoming.extra_ports/);
  });

  it("closes with the program", async () => {
    expect(await program.stop("SIGTERM")).toBe(0);
  });
});

describe.skipIf(!OWN_ADDRESS)(`ports announced on the network${NEEDS}`, () => {
  it("are found under a name that stays, and taken back at the end", async () => {
    const network = await MdnsListener.open(OWN_ADDRESS ?? "");
    const program = await Program.serve({
      env: { ...QUIET, IRENE_WYOMING__ZEROCONF: "true", IRENE_WYOMING__EXTRA_PORTS: "espeak=0" },
    });
    try {
      const line = await program.line(/Zeroconf announces irene-edge-[0-9a-f]{8}\._wyoming/);
      const name = /irene-edge-[0-9a-f]{8}/.exec(line)?.[0] ?? "";
      await program.line(/Zeroconf announces irene-edge-[0-9a-f]{8}-espeak\._wyoming/);
      await network.find(({ type, target }) => type === PTR && target === `${name}._wyoming._tcp.local`);
      expect(await program.stop("SIGTERM")).toBe(0);
      await network.find(({ target, ttl }) => target === `${name}._wyoming._tcp.local` && ttl === 0);
    } finally {
      await program.dispose();
      network.close();
    }
  });

  it("are not announced inside an add-on, which is said", async () => {
    const program = await Program.serve({
      env: { ...QUIET, IRENE_WYOMING__ZEROCONF: "true", SUPERVISOR_TOKEN: "test" },
    });
    try {
      expect(await program.line(/wyoming.zeroconf is ignored/)).toMatch(/WARN/);
      await program.port("wyoming");
      expect(await program.stop("SIGTERM")).toBe(0);
      expect(program.log.join("\n")).not.toMatch(/Zeroconf announces/);
    } finally {
      await program.dispose();
    }
  });
});
