import { describe, expect, it } from "vitest";
import { CaptureGaps } from "../../../src/gateways/local-audio/capture-gaps.js";

/** Pieces of 40 ms, each so late as told. @returns what was counted as lost, in milliseconds */
function lostIn(pieces: number, latenessMs: (piece: number) => number, pieceMs = 40): readonly number[] {
  const gaps = new CaptureGaps();
  return Array.from({ length: pieces }, (_, n) => gaps.note((n + 1) * 40 + latenessMs(n), pieceMs)).flatMap(
    (gap) => (gap ? [gap.lostMs] : []),
  );
}

describe("CaptureGaps", () => {
  it("finds nothing lost in an even stream", () => {
    expect(lostIn(10_000, () => 0)).toEqual([]);
  });

  it("counts sound that never came once, with its length", () => {
    expect(lostIn(1_000, (n) => (n < 500 ? 0 : 320))).toEqual([320]);
  });

  it("counts each time", () => {
    expect(lostIn(1_000, (n) => (n < 300 ? 0 : n < 600 ? 100 : 350))).toEqual([100, 250]);
  });

  it("does not take a pause after which everything came for lost sound", () => {
    // For a second nothing, then all of it at once.
    expect(lostIn(1_000, (n) => (n >= 500 && n < 525 ? (525 - n) * 40 : 0))).toEqual([]);
  });

  it("allows a sound card its own idea of a second", () => {
    expect(lostIn(50_000, (n) => n * 0.004)).toEqual([]);
    expect(lostIn(50_000, (n) => -n * 0.004)).toEqual([]);
  });

  it("does not mind that a sound server holds back the begin", () => {
    expect(lostIn(1_000, (n) => (n === 0 ? 1_600 : 0))).toEqual([]);
  });
});
