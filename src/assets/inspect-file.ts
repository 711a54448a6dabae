import { AssetError } from "../base/errors.js";
import { readHead } from "./archive/magic.js";

/**
 * Looks at a file's first bytes before an inference library does: those end their process on a file of the wrong
 * kind. A login page saved under a model's name is the usual case.
 * @throws {AssetError} `asset-corrupt`
 */
export async function inspectFile(path: string, name: string): Promise<void> {
  const head = await readHead(path, 64);
  const start = head.toString("latin1").trimStart().toLowerCase();
  if (start.startsWith("<!doctype") || start.startsWith("<html")) {
    throw new AssetError(
      "asset-corrupt",
      `${name} is a web page and not a model; check the address and the network`,
    );
  }
  if (start.startsWith("version https://git-lfs")) {
    throw new AssetError(
      "asset-corrupt",
      `${name} is only a pointer to the model; use the address of the file itself`,
    );
  }
  // An ONNX file begins with the tag of its first field.
  if (name.endsWith(".onnx") && head[0] !== 0x08) {
    throw new AssetError("asset-corrupt", `${name} is not an ONNX file; remove it and get it again`);
  }
}
