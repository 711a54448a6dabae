/**
 * The parts of sherpa-onnx-node 1.13 this program uses; the package has no declarations of its own.
 * @see https://github.com/k2-fsa/sherpa-onnx/tree/master/scripts/node-addon-api/lib
 */
declare module "sherpa-onnx-node" {
  /** Mono samples in [-1, 1]. */
  interface Waveform {
    readonly samples: Float32Array;
    readonly sampleRate: number;
  }

  interface FeatureConfig {
    readonly sampleRate: number;
    readonly featureDim: number;
  }

  interface CommonModelConfig {
    readonly tokens?: string;
    readonly numThreads?: number;
    /** `cpu`, or `cpu:<file>` with ONNX Runtime session options in that file. */
    readonly provider?: string;
    readonly debug?: boolean | number;
  }

  interface OfflineWhisperConfig {
    readonly encoder: string;
    readonly decoder: string;
    /** Empty detects it. A language the model does not know ends the process. */
    readonly language: string;
    readonly task: "transcribe" | "translate";
    readonly tailPaddings: number;
  }

  interface OfflineTransducerConfig {
    readonly encoder: string;
    readonly decoder: string;
    readonly joiner: string;
  }

  interface OfflineRecognizerConfig {
    readonly featConfig: FeatureConfig;
    readonly modelConfig: CommonModelConfig & {
      readonly whisper?: OfflineWhisperConfig;
      readonly transducer?: OfflineTransducerConfig;
      readonly paraformer?: { readonly model: string };
      readonly nemoCtc?: { readonly model: string };
      readonly zipformerCtc?: { readonly model: string };
      readonly dolphin?: { readonly model: string };
      readonly senseVoice?: {
        readonly model: string;
        readonly language?: string;
        readonly useInverseTextNormalization?: number;
      };
      readonly modelType?: string;
    };
    readonly decodingMethod?: string;
    readonly hotwordsFile?: string;
    readonly hotwordsScore?: number;
  }

  interface OfflineResult {
    readonly text: string;
    readonly lang: string;
    readonly tokens: readonly string[];
    readonly timestamps: readonly number[];
  }

  class OfflineStream {
    acceptWaveform(wave: Waveform): void;
  }

  class OfflineRecognizer {
    static createAsync(config: OfflineRecognizerConfig): Promise<OfflineRecognizer>;
    createStream(hotwords?: string): OfflineStream;
    /** Replaces decoding options; models stay loaded. */
    setConfig(config: OfflineRecognizerConfig): void;
    decodeAsync(stream: OfflineStream): Promise<OfflineResult>;
  }

  interface OnlineRecognizerConfig {
    readonly featConfig: FeatureConfig;
    readonly modelConfig: CommonModelConfig & {
      readonly transducer?: OfflineTransducerConfig;
      readonly paraformer?: { readonly encoder: string; readonly decoder: string };
      readonly zipformer2Ctc?: { readonly model: string };
      readonly nemoCtc?: { readonly model: string };
      readonly toneCtc?: { readonly model: string };
      readonly modelType?: string;
    };
    readonly decodingMethod?: string;
    readonly enableEndpoint?: boolean | number;
    readonly hotwordsFile?: string;
    readonly hotwordsScore?: number;
  }

  class OnlineStream {
    acceptWaveform(wave: Waveform): void;
    inputFinished(): void;
  }

  /** Synchronous only: each call blocks the thread. */
  class OnlineRecognizer {
    constructor(config: OnlineRecognizerConfig);
    createStream(hotwords?: string): OnlineStream;
    isReady(stream: OnlineStream): boolean;
    decode(stream: OnlineStream): void;
    getResult(stream: OnlineStream): OfflineResult;
    reset(stream: OnlineStream): void;
  }

  interface OfflineTtsConfig {
    readonly model: CommonModelConfig & {
      readonly vits?: {
        readonly model: string;
        readonly lexicon?: string;
        readonly tokens: string;
        readonly dataDir?: string;
        readonly dictDir?: string;
        readonly noiseScale?: number;
        readonly noiseScaleW?: number;
        readonly lengthScale?: number;
      };
      readonly kokoro?: Readonly<Record<string, string | number>>;
      readonly matcha?: Readonly<Record<string, string | number>>;
      readonly kitten?: Readonly<Record<string, string | number>>;
    };
    readonly maxNumSentences?: number;
    readonly silenceScale?: number;
    readonly ruleFsts?: string;
    readonly ruleFars?: string;
  }

  interface GenerateRequest {
    readonly text: string;
    readonly sid: number;
    readonly speed: number;
    readonly enableExternalBuffer?: boolean;
    /** Called once per batch of sentences; 0 or false stops the generation. */
    readonly onProgress?: (info: { samples: Float32Array; progress: number }) => number | boolean | undefined;
  }

  class OfflineTts {
    static createAsync(config: OfflineTtsConfig): Promise<OfflineTts>;
    readonly numSpeakers: number;
    readonly sampleRate: number;
    generateAsync(request: GenerateRequest): Promise<{ samples: Float32Array; sampleRate: number }>;
  }

  interface KeywordSpotterConfig extends OnlineRecognizerConfig {
    readonly keywordsFile?: string;
    readonly keywordsThreshold?: number;
    readonly keywordsScore?: number;
    readonly maxActivePaths?: number;
    readonly numTrailingBlanks?: number;
  }

  /** Synchronous only. A file of another kind ends the process with SIGSEGV. */
  class KeywordSpotter {
    constructor(config: KeywordSpotterConfig);
    createStream(keywords?: string): OnlineStream;
    isReady(stream: OnlineStream): boolean;
    decode(stream: OnlineStream): void;
    reset(stream: OnlineStream): void;
    getResult(stream: OnlineStream): { readonly keyword: string; readonly start_time?: number };
  }

  /** The package is CommonJS: `import()` gives everything on `default`. */
  const sherpa: {
    readonly OfflineRecognizer: typeof OfflineRecognizer;
    readonly OnlineRecognizer: typeof OnlineRecognizer;
    readonly OfflineTts: typeof OfflineTts;
    readonly KeywordSpotter: typeof KeywordSpotter;
    readonly version: string;
  };

  export type {
    KeywordSpotter,
    KeywordSpotterConfig,
    OfflineRecognizer,
    OfflineRecognizerConfig,
    OfflineResult,
    OfflineStream,
    OfflineTts,
    OfflineTtsConfig,
    OnlineRecognizer,
    OnlineRecognizerConfig,
    OnlineStream,
  };
  // biome-ignore lint/style/noDefaultExport: a CommonJS package arrives as the default export
  export default sherpa;
}
