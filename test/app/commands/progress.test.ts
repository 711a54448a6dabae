import { describe, expect, it } from "vitest";
import { DownloadProgress } from "../../../src/app/commands/progress.js";
import { CapturedOutput } from "../../fixtures/captured-output.js";
import { aModel, aSnapshot } from "../../fixtures/snapshot.js";

const downloading = (bytesDone: number, bytesTotal: number | undefined = 100e6) =>
  aSnapshot({
    models: [
      aModel("whisper/base"),
      aModel("whisper/tiny", {
        asset: { name: "downloading", bytesDone, bytesTotal, bytesPerSecond: 2e6, etaSeconds: 24 },
      }),
    ],
  });

describe("a download's progress", () => {
  it("is a bar on a terminal, taken away at the end", () => {
    const output = new CapturedOutput({ terminal: true });
    const progress = new DownloadProgress(output);
    progress.show(downloading(52e6));
    progress.end();
    progress.end();
    expect(output.drawings).toEqual([
      "[############............] 52 % whisper/tiny downloading 52 MB of 100 MB at 2 MB/s, 24.0 s left",
      "",
    ]);
    expect(output.remarks).toEqual([]);
  });

  it("is a plain line for each tenth elsewhere", () => {
    const output = new CapturedOutput();
    const progress = new DownloadProgress(output);
    for (const megabytes of [1, 5, 9, 12, 55, 58]) progress.show(downloading(megabytes * 1e6));
    progress.end();
    expect(output.remarks.map((line) => line.replace(/ of.*/, ""))).toEqual([
      "whisper/tiny: downloading 1 MB",
      "whisper/tiny: downloading 12 MB",
      "whisper/tiny: downloading 55 MB",
    ]);
    expect(output.drawings).toEqual([]);
  });

  it("goes by amount where nobody knows the size", () => {
    const output = new CapturedOutput();
    const progress = new DownloadProgress(output);
    const show = (bytes: number) => {
      const { models, ...rest } = downloading(bytes);
      const unknown = models.map((model) =>
        model.asset.name === "downloading"
          ? { ...model, asset: { ...model.asset, bytesTotal: undefined, etaSeconds: undefined } }
          : model,
      );
      progress.show({ ...rest, models: unknown });
    };
    for (const bytes of [1e6, 20e6, 30e6, 31e6]) show(bytes);
    expect(output.remarks).toEqual([
      "whisper/tiny: downloading 1 MB at 2 MB/s",
      "whisper/tiny: downloading 30 MB at 2 MB/s",
    ]);
  });

  it("says nothing of models that are not being downloaded", () => {
    const output = new CapturedOutput({ terminal: true });
    const progress = new DownloadProgress(output);
    progress.show(aSnapshot());
    progress.end();
    expect(output.drawings).toEqual([]);
  });
});
