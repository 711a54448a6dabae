import { list, type Option } from "./option.js";
import { leaves } from "./schema.js";

/** One field of the add-on's options page, which knows no groups. */
export interface PageField {
  readonly name: string;
  /** The option it sets; absent for the field that sets one switch in several places. */
  readonly path?: string;
  readonly option: Option<unknown>;
}

/** In the tree every provider has a switch of its own; on the page all those that are on stand in one list. */
const PRELOAD_MODELS: PageField = {
  name: "preload_models",
  option: list([], "Providers whose models are loaded and warmed at start too, such as whisper or vosk_tts."),
};

/** All fields, in the order of the page. */
export function pageFields(): readonly PageField[] {
  return [...leaves()].flatMap(([path, option]): PageField[] => {
    if (option.pageName === undefined) return [];
    const field = { name: option.pageName, path, option };
    return option.pageName === "preload" ? [field, PRELOAD_MODELS] : [field];
  });
}
