import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { recipeNamed } from "../../src/assets/recipes/recipe.js";
import { AssetError } from "../../src/base/errors.js";
import { RECIPES } from "../../src/catalog/parse-source.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const SHARED = process.env["IRENE_SHARED"] ?? join(ROOT, "../shared");
const VOICE = join(SHARED, "models/piper-en_US-curie-medium/en_US-curie-medium.onnx");
const ESPEAK_DATA = espeakData();

describe("recipes", () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "recipe-"));
  });
  afterEach(() => rm(dir, { recursive: true }));

  const only = (own: string | undefined, others: Readonly<Record<string, string>> = {}) => ({
    own,
    of: (role: string) => others[role],
  });

  async function expectCorrupt(work: Promise<void>): Promise<void> {
    const error: unknown = await work.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AssetError);
    expect((error as AssetError).code).toBe("asset-corrupt");
  }

  it("exist for every name the catalog may use, and for no other", () => {
    for (const name of RECIPES) expect(recipeNamed(name)).toBeTypeOf("function");
    expect(() => recipeNamed("soup")).toThrow('no recipe "soup"');
  });

  describe("llama-tokens", () => {
    const script = (pieces: readonly string[]) =>
      `const x = 1;\nconst llama_vocab_base64 = "${Buffer.from(pieces.join("\n")).toString("base64")}";\n`;

    it("writes one line for each of Moonshine's 32,768 tokens", async () => {
      const pieces = ["<unk>", "<s>", "</s>", "<0x0A>", "▁turn", "on"];
      while (pieces.length < 32_000) pieces.push(`piece${pieces.length}`);
      await writeFile(join(dir, "tokenizer.js"), script(pieces));
      await recipeNamed("llama-tokens")(only(join(dir, "tokenizer.js")), join(dir, "tokens.txt"));
      const lines = (await readFile(join(dir, "tokens.txt"), "utf8")).split("\n");
      expect(lines).toHaveLength(32_769);
      const decoded = lines
        .slice(0, 6)
        .map((line) => Buffer.from(line.split("\t")[0] ?? "", "base64").toString());
      expect(decoded).toEqual(["<unk>", "<s>", "</s>", "\n", " turn", "on"]);
      expect(lines[32_767]).toMatch(/\t32767$/);
    });

    it("refuses a script with another vocabulary or none", async () => {
      await writeFile(join(dir, "tokenizer.js"), script(["a", "b"]));
      await expectCorrupt(
        recipeNamed("llama-tokens")(only(join(dir, "tokenizer.js")), join(dir, "tokens.txt")),
      );
      await expectCorrupt(recipeNamed("llama-tokens")(only(undefined), join(dir, "tokens.txt")));
    });
  });

  describe("piper-tokens and piper-metadata", () => {
    const CONFIG = {
      audio: { sample_rate: 22_050 },
      espeak: { voice: "de" },
      language: { code: "de_DE" },
      num_speakers: 3,
      phoneme_id_map: { _: [0], "^": [1], $: [2], " ": [3], ä: [14, 15] },
    };

    it("writes a line for each phoneme", async () => {
      await writeFile(join(dir, "config"), JSON.stringify(CONFIG));
      await recipeNamed("piper-tokens")(
        only(undefined, { config: join(dir, "config") }),
        join(dir, "tokens.txt"),
      );
      expect(await readFile(join(dir, "tokens.txt"), "utf8")).toBe("_ 0\n^ 1\n$ 2\n  3\nä 14\n");
    });

    it("appends the metadata and leaves the network as it is", async () => {
      const network = Buffer.concat([Buffer.of(0x08, 0x08), Buffer.alloc(2000, 1)]);
      await writeFile(join(dir, "config"), JSON.stringify(CONFIG));
      await writeFile(join(dir, "raw.onnx"), network);
      await recipeNamed("piper-metadata")(
        only(join(dir, "raw.onnx"), { config: join(dir, "config") }),
        join(dir, "out.onnx"),
      );
      const made = await readFile(join(dir, "out.onnx"));
      expect(made.subarray(0, network.length)).toEqual(network);
      const entries = parseProperties(made.subarray(network.length));
      expect(entries).toMatchObject({ comment: "piper", sample_rate: "22050", n_speakers: "3", voice: "de" });
      expect(await readFile(join(dir, "raw.onnx"))).toEqual(network);
    });

    it("refuses a configuration that is none and a network that is none", async () => {
      await writeFile(join(dir, "raw.onnx"), "not a network");
      for (const text of [
        "{",
        "{}",
        JSON.stringify({ ...CONFIG, phoneme_id_map: {} }),
        JSON.stringify({ ...CONFIG, audio: {} }),
      ]) {
        await writeFile(join(dir, "config"), text);
        await expectCorrupt(
          recipeNamed("piper-tokens")(only(undefined, { config: join(dir, "config") }), join(dir, "t")),
        );
      }
      await writeFile(join(dir, "config"), JSON.stringify(CONFIG));
      const ingredients = only(join(dir, "raw.onnx"), { config: join(dir, "config") });
      await expectCorrupt(recipeNamed("piper-metadata")(ingredients, join(dir, "out.onnx")));
      await expectCorrupt(recipeNamed("piper-tokens")(only(undefined), join(dir, "t")));
    });

    it.skipIf(!existsSync(VOICE) || ESPEAK_DATA === undefined)(
      "makes a voice as Piper publishes it speak through sherpa-onnx (needs the shared voice and espeak-ng)",
      async () => {
        const ingredients = only(VOICE, { config: `${VOICE}.json` });
        await recipeNamed("piper-metadata")(ingredients, join(dir, "voice.onnx"));
        await recipeNamed("piper-tokens")(
          only(undefined, { config: `${VOICE}.json` }),
          join(dir, "tokens.txt"),
        );
        const vits = {
          model: join(dir, "voice.onnx"),
          tokens: join(dir, "tokens.txt"),
          dataDir: ESPEAK_DATA,
        };
        const program = `
          const sherpa = require("sherpa-onnx-node");
          const tts = new sherpa.OfflineTts({ model: { vits: ${JSON.stringify(vits)}, numThreads: 2 } });
          const { samples, sampleRate } = tts.generate({ text: "The light is on.", sid: 0, speed: 1 });
          const loudest = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
          console.log(JSON.stringify({ sampleRate, seconds: samples.length / sampleRate, loudest }));`;
        const heard = JSON.parse(
          execFileSync(process.execPath, ["-e", program], { cwd: ROOT, encoding: "utf8" }),
        ) as {
          sampleRate: number;
          seconds: number;
          loudest: number;
        };
        expect(heard.sampleRate).toBe(22_050);
        expect(heard.seconds).toBeGreaterThan(0.5);
        expect(heard.seconds).toBeLessThan(4);
        expect(heard.loudest).toBeGreaterThan(0.05);
      },
    );
  });
});

/** Reads ModelProto.metadata_props back, for entries shorter than 128 bytes. */
function parseProperties(bytes: Buffer): Record<string, string> {
  const entries: Record<string, string> = {};
  for (let at = 0; at < bytes.length; ) {
    expect(bytes[at]).toBe(0x72);
    const end = at + 2 + (bytes[at + 1] ?? 0);
    const keyEnd = at + 4 + (bytes[at + 3] ?? 0);
    entries[bytes.toString("utf8", at + 4, keyEnd)] = bytes.toString("utf8", keyEnd + 2, end);
    at = end;
  }
  return entries;
}

function espeakData(): string | undefined {
  try {
    return /Data at: (.+)/.exec(execFileSync("espeak-ng", ["--version"], { encoding: "utf8" }))?.[1]?.trim();
  } catch {
    return undefined;
  }
}
