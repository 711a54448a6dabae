import { appendFile, copyFile, stat } from "node:fs/promises";
import { AssetError } from "../../base/errors.js";
import { readHead } from "../archive/magic.js";
import { readPiperConfig } from "./piper-config.js";
import type { Ingredients } from "./recipe.js";

/**
 * A Piper voice as sherpa-onnx loads it: the network as published, with the metadata it looks for appended.
 *
 * An ONNX file is one protobuf message without a length of its own, so bytes of a repeated field at its end are part
 * of it.
 * @throws {AssetError} `asset-corrupt`
 * @see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto — ModelProto.metadata_props is field 14
 */
export async function piperMetadata({ own, of }: Ingredients, output: string): Promise<void> {
  const config = await readPiperConfig(of("config"));
  if (own === undefined || (await stat(own)).size < 1000 || (await readHead(own, 1))[0] !== IR_VERSION_TAG) {
    throw new AssetError("asset-corrupt", "The Piper voice is not an ONNX file; remove it and get it again");
  }
  const metadata: Readonly<Record<string, string>> = {
    model_type: "vits",
    comment: "piper",
    language: config.language,
    voice: config.espeakVoice,
    has_espeak: "1",
    n_speakers: String(config.speakers),
    sample_rate: String(config.rateHz),
  };
  await copyFile(own, output);
  await appendFile(
    output,
    Buffer.concat(Object.entries(metadata).map(([key, value]) => property(key, value))),
  );
}

/** Tag of ModelProto's first field, with which every ONNX file begins. */
const IR_VERSION_TAG = 0x08;
const METADATA_PROPS = 14;
const TEXT = 2;

/** One StringStringEntryProto inside a ModelProto. */
function property(key: string, value: string): Buffer {
  const entry = Buffer.concat([field(1, Buffer.from(key)), field(2, Buffer.from(value))]);
  return field(METADATA_PROPS, entry);
}

function field(number: number, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.of((number << 3) | TEXT), varint(bytes.length), bytes]);
}

/** @see https://protobuf.dev/programming-guides/encoding/#varints */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(rest);
  return Buffer.from(bytes);
}
