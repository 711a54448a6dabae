import { readFileSync } from "node:fs";
import type { LoadSpec } from "../capability.js";
import { damaged, modelPath } from "../model-path.js";
import { checkOnnxFile, type OnnxExpectation } from "../onnx/onnx-file.js";
import { checkTokensFile } from "../sherpa/tokens-file.js";

/** What one network of a family must have; sherpa-onnx ends the process over one that has not. */
export interface NetworkCheck extends OnnxExpectation {
  /** Number of inputs and outputs; undefined for those that vary. */
  readonly arity?: readonly [inputs: number | undefined, outputs: number | undefined];
  /** Metadata entries of which one value is allowed: the network's own type. */
  readonly oneOf?: { readonly entry: string; readonly values: readonly string[] };
}

/** Paths by role, `tokens` among them. */
export type ModelPaths<Role extends string = string> = Readonly<Record<Role | "tokens", string>>;

/** Names of the token that means "nothing new"; sherpa-onnx ends the process where it looks for one in vain. */
const BLANKS = /^(<blk>|<eps>|<blank>)\s/m;

/**
 * The model's files, each looked into.
 * @param blank whether the tokens need one that means "nothing new"
 * @throws {EngineError} `engine-load-failed`
 */
export function checkedFiles<Role extends string>(
  spec: LoadSpec,
  networks: Readonly<Record<Role, NetworkCheck>>,
  blank = false,
): ModelPaths<Role> {
  const tokens = modelPath(spec, "tokens");
  const paths: Record<string, string> = { tokens };
  for (const role of Object.keys(networks) as Role[]) {
    const path = modelPath(spec, role);
    checkNetwork(path, networks[role]);
    paths[role] = path;
  }
  checkTokensFile(tokens);
  if (blank && !BLANKS.test(readFileSync(tokens, "utf8"))) throw damaged(tokens, "it has no blank token");
  // One path was set for each role just above.
  return paths as ModelPaths<Role>;
}

function checkNetwork(path: string, { arity, oneOf, ...expectation }: NetworkCheck): void {
  const facts = checkOnnxFile(path, expectation);
  if (facts === undefined) return;
  const { inputs, outputs } = facts;
  const [wantedInputs = inputs.length, wantedOutputs = outputs.length] = arity ?? [];
  if (inputs.length !== wantedInputs || outputs.length !== wantedOutputs) {
    throw damaged(
      path,
      `it is a model of another kind, with ${inputs.length} inputs and ${outputs.length} outputs`,
    );
  }
  if (oneOf === undefined) return;
  const found = facts.metadata.get(oneOf.entry) ?? "";
  if (!oneOf.values.includes(found)) {
    throw damaged(path, `its ${oneOf.entry} is "${found}", not one of ${oneOf.values.join(", ")}`);
  }
}
