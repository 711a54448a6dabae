import type { EspeakOrder } from "./back-end.js";

/** What the process with the WebAssembly build is asked, one thing at a time. */
export type ToWasm = { readonly kind: "voices" } | { readonly kind: "speak"; readonly order: EspeakOrder };

/** What it answers: a listing, or sounds with an end; a failure ends either. */
export type FromWasm =
  | { readonly kind: "voices"; readonly listing: string }
  | { readonly kind: "sound"; readonly rateHz: number; readonly samples: Float32Array }
  | { readonly kind: "end" }
  | { readonly kind: "failed"; readonly message: string };
