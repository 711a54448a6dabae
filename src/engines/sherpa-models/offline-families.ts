import type { LoadSpec } from "../capability.js";
import type { OfflineModel } from "../sherpa/offline-recognizer.js";
import { checkedFiles, type NetworkCheck } from "./model-files.js";

/** How sherpa-onnx is told of a model that hears an utterance as a whole. */
export type OfflineFamily = (spec: LoadSpec) => OfflineModel;

type Checks = Readonly<Record<string, NetworkCheck>>;

/** Networks exported by icefall name their audio features so. */
const ICEFALL: NetworkCheck = { inputs: ["x"], arity: [2, 2] };

const TRANSDUCER = {
  encoder: ICEFALL,
  decoder: { metadata: ["vocab_size", "context_size"], arity: [1, 1] },
  joiner: { arity: [2, 1] },
} as const satisfies Checks;

const NEMO_TRANSDUCER = {
  encoder: {
    metadata: ["vocab_size", "subsampling_factor", "normalize_type", "pred_rnn_layers", "pred_hidden"],
    arity: [2, 2],
  },
  decoder: { arity: [4, 4] },
  joiner: { arity: [2, 1] },
} as const satisfies Checks;

const NEMO_CTC = {
  model: { metadata: ["vocab_size", "subsampling_factor", "normalize_type"], arity: [2, undefined] },
} as const satisfies Checks;

const DOLPHIN = {
  model: { metadata: ["vocab_size", "mean", "invstd"], arity: [2, 2] },
} as const satisfies Checks;

const PARAFORMER = {
  model: {
    metadata: ["vocab_size", "lfr_window_size", "lfr_window_shift", "neg_mean", "inv_stddev"],
    arity: [2, undefined],
  },
} as const satisfies Checks;

const SENSE_VOICE = {
  model: {
    metadata: ["vocab_size", "lfr_window_size", "lfr_window_shift", "normalize_samples"],
  },
} as const;

/** Languages SenseVoice can be told; it finds out by itself otherwise. */
const SENSE_VOICE_LANGUAGES = ["zh", "en", "ja", "ko", "yue"];

/**
 * Models that hear an utterance as a whole, by the name in `params.family`.
 * @see https://github.com/k2-fsa/sherpa-onnx — sherpa-onnx/csrc/offline-*-model.cc: the metadata each reads
 */
export const OFFLINE_FAMILIES: Readonly<Record<string, OfflineFamily>> = {
  transducer: (spec) => {
    const { tokens, ...transducer } = checkedFiles(spec, TRANSDUCER);
    return { transducer, tokens, modelType: "transducer" };
  },
  "nemo-transducer": (spec) => {
    const { tokens, ...transducer } = checkedFiles(spec, NEMO_TRANSDUCER, true);
    return { transducer, tokens, modelType: "nemo_transducer" };
  },
  "nemo-ctc": (spec) => {
    const { tokens, model } = checkedFiles(spec, NEMO_CTC, true);
    return { nemoCtc: { model }, tokens };
  },
  "zipformer-ctc": (spec) => {
    const { tokens, model } = checkedFiles(spec, { model: ICEFALL }, true);
    return { zipformerCtc: { model }, tokens };
  },
  "dolphin-ctc": (spec) => {
    const { tokens, model } = checkedFiles(spec, DOLPHIN, true);
    return { dolphin: { model }, tokens };
  },
  paraformer: (spec) => {
    const { tokens, model } = checkedFiles(spec, PARAFORMER);
    return { paraformer: { model }, tokens };
  },
  "sense-voice": (spec) => {
    const { tokens, model } = checkedFiles(spec, SENSE_VOICE);
    const language = SENSE_VOICE_LANGUAGES.find((code) => code === spec.params["language"]) ?? "auto";
    return { senseVoice: { model, language, useInverseTextNormalization: 1 }, tokens };
  },
};
