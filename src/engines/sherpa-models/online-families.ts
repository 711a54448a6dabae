import type { OnlineRecognizerConfig } from "sherpa-onnx-node";
import type { LoadSpec } from "../capability.js";
import { checkedFiles, type NetworkCheck } from "./model-files.js";

export type OnlineModel = OnlineRecognizerConfig["modelConfig"];

/** How sherpa-onnx is told of a model that hears while audio arrives. */
export type OnlineFamily = (spec: LoadSpec) => OnlineModel;

const TRANSDUCER = {
  encoder: {
    inputs: ["x"],
    metadata: ["T", "decode_chunk_len"],
    // With any other type sherpa-onnx ends the process.
    oneOf: {
      entry: "model_type",
      values: ["conformer", "ebranchformer", "lstm", "zipformer", "zipformer2"],
    },
  },
  decoder: { metadata: ["vocab_size", "context_size"], arity: [1, 1] },
  joiner: { arity: [2, 1] },
} as const satisfies Readonly<Record<string, NetworkCheck>>;

const ZIPFORMER_CTC = {
  model: {
    inputs: ["x"],
    metadata: [
      "encoder_dims",
      "query_head_dims",
      "value_head_dims",
      "num_heads",
      "num_encoder_layers",
      "cnn_module_kernels",
      "left_context_len",
      "T",
      "decode_chunk_len",
    ],
  },
} as const;

const NEMO_CTC = {
  model: {
    metadata: [
      "window_size",
      "chunk_shift",
      "subsampling_factor",
      "vocab_size",
      "cache_last_channel_dim1",
      "cache_last_channel_dim2",
      "cache_last_channel_dim3",
      "cache_last_time_dim1",
      "cache_last_time_dim2",
      "cache_last_time_dim3",
    ],
    arity: [5, 5],
  },
} as const satisfies Readonly<Record<string, NetworkCheck>>;

const T_ONE = {
  model: { metadata: ["frame_length_ms", "state_dim", "sample_rate"], arity: [2, 2] },
} as const satisfies Readonly<Record<string, NetworkCheck>>;

/**
 * Models that hear while audio arrives, by the name in `params.family`.
 * @see https://github.com/k2-fsa/sherpa-onnx — sherpa-onnx/csrc/online-*-model.cc: the metadata each reads
 */
export const ONLINE_FAMILIES: Readonly<Record<string, OnlineFamily>> = {
  "streaming-transducer": (spec) => {
    const { tokens, ...transducer } = checkedFiles(spec, TRANSDUCER);
    return { transducer, tokens };
  },
  "streaming-zipformer-ctc": (spec) => {
    const { tokens, model } = checkedFiles(spec, ZIPFORMER_CTC, true);
    return { zipformer2Ctc: { model }, tokens };
  },
  "streaming-nemo-ctc": (spec) => {
    const { tokens, model } = checkedFiles(spec, NEMO_CTC, true);
    return { nemoCtc: { model }, tokens };
  },
  "t-one": (spec) => {
    const { tokens, model } = checkedFiles(spec, T_ONE, true);
    return { toneCtc: { model }, tokens };
  },
};
