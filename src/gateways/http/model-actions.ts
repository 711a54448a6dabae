/** What can be done to a model, by the last part of the address. */
export const MODEL_ACTIONS = {
  pull: "Download a model; answers when it is whole on disk",
  remove: "Delete a model's files; it is unloaded first",
  check: "Compare a model's files with their checksums",
  "warm-up": "Download, load and warm a model; answers when it is ready",
  unload: "Out of memory, once nobody uses it",
  retry: "Try a failed model again at once",
  pin: "Keep a model in memory whatever comes",
  unpin: "Let a model leave memory again",
} as const;
export type ModelAction = keyof typeof MODEL_ACTIONS;
