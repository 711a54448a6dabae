import type { Footprint } from "./footprint.js";

/** One line of the file of learned figures. */
export interface FootprintEntry {
  readonly model: string;
  readonly board: string;
  readonly options: string;
  readonly footprint?: Footprint;
  /** Above 1 after the kernel killed it for want of memory. */
  readonly growth: number;
}

export const FOOTPRINTS_VERSION = 1;

/**
 * What a file of learned figures holds. Lines that make no sense are left out: all of it can be learned again.
 * @throws {Error} when it is no such file at all
 */
export function parseFootprints(text: string): {
  readonly entries: readonly FootprintEntry[];
  readonly uses: readonly (readonly [string, readonly number[]])[];
} {
  const book: unknown = JSON.parse(text);
  if (!isRecord(book) || book["version"] !== FOOTPRINTS_VERSION || !Array.isArray(book["entries"])) {
    throw new Error("it is no book of this version");
  }
  const uses = isRecord(book["uses"]) ? Object.entries(book["uses"]) : [];
  return {
    entries: book["entries"].filter(isEntry),
    uses: uses.flatMap(([model, byHour]) => (isByHour(byHour) ? [[model, byHour] as const] : [])),
  };
}

function isByHour(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.length === 24 && value.every(isFigurePart);
}

function isEntry(value: unknown): value is FootprintEntry {
  if (!isRecord(value)) return false;
  const { model, board, options, growth, footprint } = value;
  return (
    [model, board, options].every((text) => typeof text === "string") &&
    typeof growth === "number" &&
    growth >= 1 &&
    (footprint === undefined || isFootprint(footprint))
  );
}

const REQUIRED = ["loadPeakBytes", "steadyBytes", "inferencePeakBytes", "loadMs", "warmUpMs"] as const;
const OPTIONAL = ["firstMs", "secondMs", "rtf", "longestMs"] as const;

function isFootprint(value: unknown): value is Footprint {
  return (
    isRecord(value) &&
    isFigurePart(value["samples"]) &&
    isFigurePart(value["updatedAtMs"]) &&
    REQUIRED.every((name) => isFigure(value[name])) &&
    OPTIONAL.every((name) => value[name] === undefined || isFigure(value[name]))
  );
}

const isFigure = (value: unknown): boolean =>
  isRecord(value) && isFigurePart(value["average"]) && isFigurePart(value["max"]);

const isFigurePart = (value: unknown): boolean =>
  typeof value === "number" && Number.isFinite(value) && value >= 0;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;
