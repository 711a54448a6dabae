import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { LoadSpec, SpeechRequest, TextToSpeech } from "../../../src/engines/capability.js";
import { sileroProviders } from "../../../src/engines/silero/silero.js";
import { SileroHost } from "../../../src/engines/silero/silero-host.js";
import { pythonWithTorch, SyntheticPackages, TORCH_NEEDED } from "../../fixtures/silero-packages.js";
import { loadSpec } from "../../fixtures/workers.js";

const LETTER_SECONDS = 0.08;

describe.skipIf(!pythonWithTorch)(
  `Silero on a synthetic package with Debian's PyTorch${TORCH_NEEDED}`,
  () => {
    let packages: SyntheticPackages;
    let files: { readonly ru: string; readonly en: string; readonly short: string };
    let host: SileroHost;
    let warnings: string[];

    beforeAll(() => {
      packages = new SyntheticPackages();
      files = { ru: packages.build("ru"), en: packages.build("en"), short: packages.build("short") };
    });
    afterAll(() => packages.remove());
    beforeEach(() => {
      host = new SileroHost();
      warnings = [];
    });
    const loaded: TextToSpeech[] = [];
    afterEach(async () => {
      for (const voice of loaded.splice(0)) await voice.close();
    });

    const load = async (
      file: string,
      spec: Partial<LoadSpec> = {},
      version: 0 | 1 = 0,
    ): Promise<TextToSpeech> => {
      const descriptor = sileroProviders(host)[version];
      const provider = await descriptor.load(
        loadSpec({
          provider: descriptor.name,
          model: `${descriptor.name}/v3_ru`,
          paths: { model: file },
          ...spec,
        }),
        (sentence) => warnings.push(sentence),
      );
      if (provider.capability !== "tts") throw new Error("no voice");
      loaded.push(provider);
      return provider;
    };
    const speak = async (voice: TextToSpeech, request: string | SpeechRequest): Promise<Float32Array> => {
      const order = typeof request === "string" ? { text: request } : request;
      const all: number[] = [];
      for await (const piece of voice.synthesize(order, new AbortController().signal)) all.push(...piece);
      return Float32Array.from(all);
    };
    const lettersIn = (samples: Float32Array, voice: TextToSpeech) =>
      Math.round(samples.length / voice.rateHz / LETTER_SECONDS);
    const peak = (samples: Float32Array) =>
      samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);

    it("says numbers, percents, units and foreign words, which the network itself would drop", async () => {
      const voice = await load(files.ru);
      const count = (text: string) => text.replace(/[^а-яё]/giu, "").length;
      expect(lettersIn(await speak(voice, "Влажность 50 %"), voice)).toBe(
        count("влажность пятьдесят процентов"),
      );
      expect(lettersIn(await speak(voice, "2 минуты"), voice)).toBe(count("две минуты"));
      expect(lettersIn(await speak(voice, "Wi-Fi"), voice)).toBe(count("вай фай"));
    });

    it("says a text of 2,000 characters in pieces, all of it", async () => {
      const voice = await load(files.ru);
      const text = "Сегодня хорошая погода, и мы идём гулять в парк. ".repeat(41);
      const pieces: number[] = [];
      for await (const piece of voice.synthesize({ text }, new AbortController().signal))
        pieces.push(piece.length);
      const letters = text.replace(/[^а-яё]/giu, "").length;
      expect(text.length).toBeGreaterThan(2000);
      expect(pieces.length).toBeGreaterThanOrEqual(5);
      const total = pieces.reduce((sum, samples) => sum + samples, 0);
      expect(Math.round(total / voice.rateHz / LETTER_SECONDS)).toBe(letters);
    });

    it("cuts a piece the network finds too long until it can say it", async () => {
      const voice = await load(files.short);
      const text =
        "Включи свет на кухне и в коридоре, а потом выключи свет в спальне и закрой шторы в гостиной.";
      expect(lettersIn(await speak(voice, text), voice)).toBe(text.replace(/[^а-яё]/giu, "").length);
    });

    it("reads SSML with its breaks, and numbers between the tags", async () => {
      const voice = await load(files.ru);
      const plain = await speak(voice, { text: "<speak>раз два</speak>", ssml: true });
      const broken = await speak(voice, { text: '<speak>раз <break time="1s"/>2</speak>' });
      expect(broken.length - plain.length).toBe(voice.rateHz);
    });

    it("refuses SSML that is not well-formed with a sentence, and goes on", async () => {
      const voice = await load(files.ru);
      await expect(
        speak(voice, { text: "<speak><p rate=>раз</p></speak>", ssml: true }),
      ).rejects.toMatchObject({
        code: "engine-failed",
        message: expect.stringContaining("SSML is not well-formed"),
      });
      expect((await speak(voice, "раз")).length).toBeGreaterThan(0);
    });

    it("says nothing where nothing can be said", async () => {
      const voice = await load(files.ru);
      for (const text of ["", "  ", "...", "😀", "<speak></speak>", "<speak><break/></speak>", "!?", "---"]) {
        expect((await speak(voice, text)).length).toBe(0);
      }
    });

    it("warns once about an unknown speaker and lets the default speak", async () => {
      const voice = await load(files.ru);
      const [unknown, usual, other] = [
        await speak(voice, { text: "раз", speaker: "nobody" }),
        await speak(voice, { text: "раз" }),
        await speak(voice, { text: "раз", speaker: "aidar" }),
      ];
      await speak(voice, { text: "раз", speaker: "nobody" });
      expect(unknown).toEqual(usual);
      expect(other).not.toEqual(usual);
      expect(warnings).toEqual([expect.stringContaining("no speaker nobody; xenia speaks")]);
    });

    it("knows speakers by the name of the assistant", async () => {
      const voice = await load(files.ru);
      expect(await speak(voice, { text: "раз", speaker: "Николай" })).toEqual(
        await speak(voice, { text: "раз", speaker: "aidar" }),
      );
      const own = await load(files.ru, {
        model: "silero_v3/own",
        settings: { speaker_by_assname: { "макс|максу": "eugene" } },
      });
      expect(await speak(own, { text: "раз", speaker: "максу" })).toEqual(
        await speak(own, { text: "раз", speaker: "eugene" }),
      );
      expect(warnings).toEqual([]);
    });

    it("takes the first speaker when the default of the settings is not in the package", async () => {
      const voice = await load(files.ru, { settings: { default_speaker: "robot" } });
      expect(voice.speakers[0]).toBe("aidar");
      expect(warnings).toEqual([expect.stringContaining("has no speaker robot; aidar is the default now")]);
    });

    it("passes the stress setting on, and none to a voice of another language", async () => {
      const off = await load(files.ru, { settings: { put_accent: false } });
      expect(peak(await speak(off, "раз"))).toBeCloseTo(0.1, 2);
      const on = await load(files.ru, { model: "silero_v3/on" });
      expect(peak(await speak(on, "раз"))).toBeCloseTo(0.4, 2);
      const english = await load(files.en, { model: "silero_v3/v3_en", settings: { put_accent: false } });
      expect(english.speakers).toHaveLength(118);
      const samples = await speak(english, "5 lamps");
      expect(lettersIn(samples, english)).toBe("fivelamps".length);
      expect(peak(samples)).toBeCloseTo(0.4, 2);
      expect(warnings).toEqual([]);
    });

    it("speaks at the rates the networks know and refuses others", async () => {
      for (const sample_rate of [8000, 24_000, 48_000]) {
        const voice = await load(files.ru, { model: `silero_v3/${sample_rate}`, settings: { sample_rate } });
        expect(voice.rateHz).toBe(sample_rate);
        expect(lettersIn(await speak(voice, "раз"), voice)).toBe(3);
      }
      await expect(load(files.ru, { settings: { sample_rate: 96_000 } })).rejects.toMatchObject({
        code: "engine-load-failed",
        message: expect.stringContaining("one of 8000, 24000, 48000"),
      });
    });

    it("speaks faster and slower when asked", async () => {
      const voice = await load(files.ru);
      const usual = (await speak(voice, "раз два три")).length;
      expect((await speak(voice, { text: "раз два три", speed: 2 })).length / usual).toBeCloseTo(0.5, 1);
      expect((await speak(voice, { text: "раз два три", speed: 0.5 })).length / usual).toBeCloseTo(2, 1);
    });

    it("runs on the processor, with a warning, where there is no CUDA device", async () => {
      const voice = await load(files.ru, { settings: { torch_device: "cuda" } });
      expect(warnings).toEqual([expect.stringContaining("no CUDA device")]);
      expect((await speak(voice, "раз")).length).toBeGreaterThan(0);
    });

    it("names the PyTorch a package needs when this one is too old", async () => {
      await expect(load(packages.build("future"))).rejects.toMatchObject({
        code: "engine-load-failed",
        message: expect.stringMatching(
          /needs PyTorch 2\.0 or newer: the installed .*does not know aten::\S+tomorrow/,
        ),
      });
    });

    it("refuses files that are no such package, and then loads one that is", async () => {
      const garbage = join(packages.folder, "garbage.pt");
      writeFileSync(garbage, Buffer.alloc(10_000, 7));
      const half = join(packages.folder, "half.pt");
      writeFileSync(half, readFileSync(files.ru));
      truncateSync(half, 4000);
      const empty = join(packages.folder, "empty.pt");
      writeFileSync(empty, "");
      for (const file of [
        garbage,
        half,
        empty,
        packages.build("other"),
        join(packages.folder, "absent.pt"),
      ]) {
        await expect(load(file)).rejects.toMatchObject({ code: "engine-load-failed" });
      }
      expect((await speak(await load(files.ru), "раз")).length).toBeGreaterThan(0);
    });

    it("gives the package no network, programs, files or rights", async () => {
      const voice = await load(files.ru);
      expect((await speak(voice, "побег")).length).toBeGreaterThan(0);
      expect(warnings).toEqual([]);
      const status = readFileSync(`/proc/${host.pid}/status`, "utf8");
      expect(status).toMatch(/^Uid:\s+(?!0\s)\d+/m);
      expect(status).toMatch(/^Seccomp:\s+2$/m);
      expect(status).toMatch(/^NoNewPrivs:\s+1$/m);
    });

    it("is not confused by a package that prints", async () => {
      const voice = await load(files.ru);
      expect(lettersIn(await speak(voice, "болтай"), voice)).toBe(6);
    });

    it("starts again after the process crashed, with all packages", async () => {
      const voice = await load(files.ru);
      const other = await load(files.ru, { model: "silero_v4/v4_ru" }, 1);
      await expect(speak(voice, "падай")).rejects.toMatchObject({
        code: "engine-failed",
        message: expect.stringContaining("ended with code 3: falling over"),
      });
      expect(lettersIn(await speak(voice, "раз"), voice)).toBe(3);
      expect(lettersIn(await speak(other, "раз"), other)).toBe(3);
    });

    it("ends a process that does not answer and starts a new one", async () => {
      host = new SileroHost({ speakMs: 1500 });
      const voice = await load(files.ru);
      const first = host.pid;
      await expect(speak(voice, "зависни")).rejects.toMatchObject({
        code: "engine-failed",
        message: expect.stringContaining("did not answer"),
      });
      expect(lettersIn(await speak(voice, "раз"), voice)).toBe(3);
      expect(host.pid).not.toBe(first);
    });

    it("keeps one process for both versions and ends it with the last", async () => {
      const v3 = await load(files.ru);
      const pid = host.pid;
      const v4 = await load(files.ru, { model: "silero_v4/v4_ru" }, 1);
      expect(host.pid).toBe(pid);
      expect([v3.rateHz, v4.rateHz]).toEqual([24_000, 48_000]);
      const [one, two] = await Promise.all([speak(v3, "раз"), speak(v4, "раз два")]);
      expect([lettersIn(one, v3), lettersIn(two, v4)]).toEqual([3, 6]);
      await v3.close();
      expect(host.pid).toBe(pid);
      expect((await speak(v4, "раз")).length).toBeGreaterThan(0);
      await v4.close();
      expect(host.pid).toBe(0);
    });

    it("really uses the threads of the settings", async () => {
      const python = pythonWithTorch;
      if (!python) throw new Error("no PyTorch");
      for (const threads of [1, 2]) {
        const voice = await host.load(python, {
          model: `silero_v3/${threads}`,
          title: "Silero v3 TTS",
          file: files.ru,
          device: "cpu",
          threads,
        });
        expect(voice.threads).toBe(threads);
      }
      host.unload("silero_v3/1");
      host.unload("silero_v3/2");
    });

    it("stops between pieces when the signal aborts", async () => {
      const voice = await load(files.ru);
      const abort = new AbortController();
      let pieces = 0;
      for await (const _ of voice.synthesize(
        { text: "Раз два три четыре пять. ".repeat(200) },
        abort.signal,
      )) {
        pieces += 1;
        abort.abort();
      }
      expect(pieces).toBe(1);
    });
  },
);
