import { pathToFileURL } from "node:url";
import type { EspeakOrder } from "./back-end.js";
import type { FromWasm, ToWasm } from "./wasm-messages.js";

/** The part of the module in use. @see https://github.com/echogarden-project/espeak-ng-emscripten */
interface Synthesizer {
  list_voices(): readonly {
    readonly name: string;
    readonly identifier: string;
    readonly languages: readonly { readonly priority: number; readonly name: string }[];
  }[];
  /** @returns 0 for a voice it has */
  set_voice(nameOrFile: string): number;
  set_rate(wordsPerMinute: number): void;
  set_pitch(pitch: number): void;
  get_samplerate(): number;
  /** Reads the text as SSML. Blocks until all is said; true from the callback ends it early. */
  synthesize(text: string, callback: (samples: Int16Array | null) => boolean): void;
}

/**
 * A process for the WebAssembly build of eSpeak NG, whose path is the only argument. It is separate because the build
 * blocks while it speaks, and because its licence wants it to be a program of its own.
 */
const path = process.argv[2] ?? "";
const { default: create } = (await import(pathToFileURL(path).href)) as {
  readonly default: () => Promise<{ readonly eSpeakNGWorker: new () => Synthesizer }>;
};
const { eSpeakNGWorker } = await create();
const synthesizer = new eSpeakNGWorker();

const send = (message: FromWasm) => process.send?.(message);

/** A voice is set by its file: not every language code of the list is taken as a name. */
const files = new Map<string, string>();
for (const { identifier, languages } of synthesizer.list_voices()) {
  for (const { name } of languages) if (!files.has(name)) files.set(name, identifier);
}

/** The columns of `espeak-ng --voices`. */
function listing(): string {
  const lines = synthesizer.list_voices().flatMap(({ name, identifier, languages: [first, ...others] }) => {
    const more = others.map((other) => `(${other.name} ${other.priority})`).join("");
    return first
      ? `${first.priority} ${first.name} --/M ${name.replaceAll(" ", "_")} ${identifier} ${more}`
      : [];
  });
  return lines.join("\n");
}

function speak({ text, voice, wordsPerMinute, pitch, ssml }: EspeakOrder): void {
  if (synthesizer.set_voice(files.get(voice) ?? voice) !== 0) throw new Error(`it has no voice ${voice}`);
  synthesizer.set_rate(wordsPerMinute);
  synthesizer.set_pitch(pitch);
  const rateHz = synthesizer.get_samplerate();
  synthesizer.synthesize(ssml ? text : escaped(text), (samples) => {
    if (samples && samples.length > 0) {
      send({ kind: "sound", rateHz, samples: Float32Array.from(samples, (sample) => sample / 32_768) });
    }
    return false;
  });
}

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

process.on("message", (message: ToWasm) => {
  try {
    if (message.kind === "voices") {
      send({ kind: "voices", listing: listing() });
      return;
    }
    speak(message.order);
    send({ kind: "end" });
  } catch (error) {
    send({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
  }
});
