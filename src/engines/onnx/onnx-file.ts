import { closeSync, openSync, readSync } from "node:fs";
import { damaged } from "../model-path.js";
import { MalformedProtobuf, type ProtobufField, ProtobufFile } from "./protobuf-file.js";

/** What an ONNX file says about itself, without its weights. */
export interface OnnxFacts {
  readonly metadata: ReadonlyMap<string, string>;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** What a loader needs to find in a file before a native library may see it. */
export interface OnnxExpectation {
  readonly metadata?: readonly string[];
  readonly inputs?: readonly string[];
  readonly outputs?: readonly string[];
}

/** Field numbers of the messages in onnx.proto. */
const MODEL = { graph: 7, metadata: 14 } as const;
const GRAPH = { input: 11, output: 12 } as const;
const VALUE_NAME = 1;
const ENTRY = { key: 1, value: 2 } as const;

/** Identifier of ONNX Runtime's own format, a FlatBuffer, at byte 4. */
const ORT_IDENTIFIER = "ORTM";

/**
 * Refuses files that are cut short, are not ONNX, or are an ONNX model of another kind: inference libraries abort the
 * process over such files. Files in ONNX Runtime's own format are taken on trust.
 * @returns what the file says, or undefined for ONNX Runtime's own format
 * @throws {EngineError} `engine-load-failed`
 * @see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
export function checkOnnxFile(path: string, expected: OnnxExpectation): OnnxFacts | undefined {
  if (hasOrtIdentifier(path)) return undefined;
  const facts = readFacts(path);
  if (facts.outputs.length === 0) throw damaged(path, "it is not an ONNX model");
  const missing =
    firstMissing("input", expected.inputs, facts.inputs) ??
    firstMissing("output", expected.outputs, facts.outputs) ??
    firstMissing("metadata entry", expected.metadata, [...facts.metadata.keys()]);
  if (missing) throw damaged(path, `it is a model of another kind, without the ${missing}`);
  return facts;
}

function readFacts(path: string): OnnxFacts {
  const file = new ProtobufFile(path);
  try {
    const metadata = new Map<string, string>();
    const inputs: string[] = [];
    const outputs: string[] = [];
    for (const field of file.fields()) {
      if (field.number === MODEL.metadata) {
        metadata.set(textOf(file, field, ENTRY.key), textOf(file, field, ENTRY.value));
      }
      if (field.number !== MODEL.graph || !field.delimited) continue;
      for (const part of file.fields(field.start, field.end)) {
        if (part.number === GRAPH.input) inputs.push(textOf(file, part, VALUE_NAME));
        if (part.number === GRAPH.output) outputs.push(textOf(file, part, VALUE_NAME));
      }
    }
    return { metadata, inputs, outputs };
  } catch (error) {
    if (error instanceof MalformedProtobuf) throw damaged(path, error.message, error);
    throw error;
  } finally {
    file.close();
  }
}

/** The string field of that number inside a message field. */
function textOf(file: ProtobufFile, message: ProtobufField, number: number): string {
  if (!message.delimited) throw new MalformedProtobuf("it has no valid structure");
  for (const field of file.fields(message.start, message.end)) {
    if (field.number === number && field.delimited) return file.text(field);
  }
  return "";
}

function firstMissing(
  kind: string,
  needed: readonly string[] | undefined,
  found: readonly string[],
): string | undefined {
  const name = needed?.find((candidate) => !found.includes(candidate));
  return name === undefined ? undefined : `${kind} ${name}`;
}

function hasOrtIdentifier(path: string): boolean {
  const fd = openSync(path, "r");
  try {
    const head = Buffer.alloc(8);
    readSync(fd, head, 0, head.length, 0);
    return head.toString("latin1", 4) === ORT_IDENTIFIER;
  } finally {
    closeSync(fd);
  }
}
