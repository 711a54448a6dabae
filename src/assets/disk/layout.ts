import { join } from "node:path";
import { AssetError } from "../../base/errors.js";

/** Name of the record that makes a folder a present model. */
export const RECORD_NAME = "model.json";

/**
 * Where the store keeps what, all on one volume so that renames are atomic:
 * `<provider>/<model>/` present models · `.partial/` downloads under way · `.staging/` models being put together ·
 * `.locks/` who is at work on which model · `.known/` checksums recorded at first download.
 */
export class Layout {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  /** @throws {AssetError} `asset-missing` for an id that is no safe path: ids come from users' files. */
  modelDir(id: string): string {
    if (!/^[a-z][a-z0-9_]*\/[\p{L}\p{N}][\p{L}\p{M}\p{N}._-]*$/u.test(id)) {
      throw new AssetError("asset-missing", `"${id}" is no model id; write provider/model`);
    }
    return join(this.root, id);
  }

  record(id: string): string {
    return join(this.modelDir(id), RECORD_NAME);
  }

  partialDir(id: string): string {
    return join(this.partials, flatName(id));
  }

  /** A folder for one process's work on a model. */
  stagingDir(id: string, unique: string): string {
    return join(this.staging, `${flatName(id)}~${unique}`);
  }

  lock(id: string): string {
    return join(this.root, ".locks", `${flatName(id)}.lock`);
  }

  known(id: string): string {
    return join(this.root, ".known", `${flatName(id)}.json`);
  }

  get partials(): string {
    return join(this.root, ".partial");
  }

  get staging(): string {
    return join(this.root, ".staging");
  }

  get serviceFolders(): readonly string[] {
    return [this.partials, this.staging, join(this.root, ".locks"), join(this.root, ".known")];
  }
}

/** An id as one path segment. Neither provider nor model can contain "~", and a provider no "+". */
const flatName = (id: string): string => id.replace("/", "+");

/** The id a name in `.partial`, `.staging` or `.locks` belongs to. */
export function idOfName(name: string): string {
  return name
    .replace(/~.*$/, "")
    .replace(/\.lock$/, "")
    .replace("+", "/");
}
