import { formatBytes, MIB } from "../base/units.js";
import { type Board, expectedSeconds } from "./board.js";
import type { Catalog } from "./catalog.js";
import { matchLanguages } from "./language.js";
import type { Capability, ModelManifest } from "./manifest.js";

/** What to choose for. */
export interface ChoiceRequest {
  readonly capability: Capability;
  /** Any language code. Ignored for capabilities that know no language. */
  readonly language: string;
  readonly board: Board;
  /** Ids on disk already. They may be chosen whatever their size, and win against a hardly better download. */
  readonly present: ReadonlySet<string>;
  /** False leaves out models that forbid commercial use. */
  readonly allowNonCommercial: boolean;
  /** True leaves out what is not on disk. */
  readonly offline?: boolean;
  /** Providers this build can run; absent means all. */
  readonly providers?: ReadonlySet<string>;
  /** Largest download begun without being asked, in bytes. */
  readonly maxDownloadBytes?: number;
}

/** The ranked answer. */
export interface Choice {
  /** Absent when no model serves the request at all. */
  readonly model: ModelManifest | undefined;
  /** What to fall back to, best first, without the chosen one. */
  readonly rungs: readonly ModelManifest[];
  /** In plain words, for people. */
  readonly why: string;
  /** Models that serve the language but were left out, and why. */
  readonly leftOut: readonly { readonly id: string; readonly why: string }[];
}

/** An SD card and a slow line: larger downloads are for those who ask for them. */
export const MAX_UNASKED_DOWNLOAD_BYTES = 300 * MIB;
/** In the reason of a choice whose files are not on disk. */
export const TO_DOWNLOAD = ", still to be downloaded";
/** A command answered later than this feels broken: a quicker model goes first. */
const PATIENCE_SECONDS = 5;
const PRESENT_BONUS = 3;
const REGION_BONUS = 5;

const NAMES: Readonly<Record<Capability, string>> = {
  stt: "speech-to-text",
  tts: "text-to-speech",
  vad: "voice detection",
  wake: "wake word",
};

/** The best model for a capability and language on this board, and the ladder below it. Pure. */
export function choose(catalog: Catalog, request: ChoiceRequest): Choice {
  const leftOut: { id: string; why: string }[] = [];
  const fitting: Candidate[] = [];
  for (const model of catalog.byCapability(request.capability)) {
    const match = matchLanguages(model.languages, request.language);
    if (match === 0) continue;
    const obstacle = obstacleOf(model, request);
    if (obstacle) leftOut.push({ id: model.id, why: obstacle });
    else fitting.push(rate(model, match, request));
  }
  const [best, ...rest] = fitting.sort(
    (a, b) =>
      Number(a.slow) - Number(b.slow) ||
      b.score - a.score ||
      a.model.memory.steadyBytes - b.model.memory.steadyBytes ||
      (a.model.id < b.model.id ? -1 : 1),
  );
  return {
    model: best?.model,
    rungs: rest.map(({ model }) => model),
    why: best ? praise(best, fitting.length, request) : regret(request, leftOut),
    leftOut,
  };
}

interface Candidate {
  readonly model: ModelManifest;
  readonly score: number;
  readonly slow: boolean;
}

function rate(model: ModelManifest, match: 1 | 2, request: ChoiceRequest): Candidate {
  const bonus =
    (request.present.has(model.id) ? PRESENT_BONUS : 0) +
    (match === 2 && model.languages.length > 0 ? REGION_BONUS : 0);
  return {
    model,
    score: model.quality + bonus,
    slow: expectedSeconds(model, request.board) > PATIENCE_SECONDS,
  };
}

/** Why a model of the right language cannot be used, in words that follow its id and a colon. */
function obstacleOf(model: ModelManifest, request: ChoiceRequest): string | undefined {
  const { board, present, providers } = request;
  if (providers && !providers.has(model.provider)) return `this build cannot run ${model.provider}`;
  if (!request.allowNonCommercial && !model.licence.commercial) {
    return `its licence ${model.licence.id} forbids commercial use`;
  }
  const needs = model.memory.loadPeakBytes;
  if (needs > board.memoryBudgetBytes) {
    return `needs ${formatBytes(needs)} of the ${formatBytes(board.memoryBudgetBytes)} for models`;
  }
  if (present.has(model.id) || model.files.length === 0) return undefined;
  if (request.offline) return "is not on disk and downloads are off";
  const download = downloadBytes(model) ?? 0;
  const limit = request.maxDownloadBytes ?? MAX_UNASKED_DOWNLOAD_BYTES;
  if (download > limit) {
    return `is a download of ${formatBytes(download)}; larger than ${formatBytes(limit)} only when asked for`;
  }
  return undefined;
}

function praise({ model, slow }: Candidate, count: number, { capability, language, present }: ChoiceRequest) {
  const purpose = model.languages.length > 0 ? ` for ${language}` : "";
  const rivals =
    count > 1
      ? `best of ${count} ${NAMES[capability]} models${purpose} that fit`
      : `only ${NAMES[capability]} model${purpose} that fits`;
  const speed = slow ? ", though slow on this board" : "";
  const disk = present.has(model.id) || model.files.length === 0 ? "" : TO_DOWNLOAD;
  return `${rivals}: quality ${model.quality} of 100, needs ${formatBytes(model.memory.steadyBytes)}${speed}${disk}`;
}

function regret({ capability, language }: ChoiceRequest, leftOut: Choice["leftOut"]): string {
  const what = `no ${NAMES[capability]} model for ${language}`;
  const first = leftOut[0];
  if (!first) return `the catalog has ${what}`;
  const more = leftOut.length > 1 ? ` (and ${leftOut.length - 1} more left out)` : "";
  return `${what} can be used: ${first.id}: ${first.why}${more}`;
}

/** Bytes to fetch for a model, as far as the catalog knows; undefined when it does not. */
export function downloadBytes(model: ModelManifest): number | undefined {
  if (model.downloadBytes !== undefined) return model.downloadBytes;
  const source = model.sources[0];
  if (source?.kind === "archive" && source.bytes !== undefined) return source.bytes;
  const sizes = model.files.map(({ bytes }) => bytes);
  const known = sizes.filter((bytes) => bytes !== undefined);
  return known.length > 0 ? known.reduce((sum, bytes) => sum + bytes, 0) : undefined;
}
