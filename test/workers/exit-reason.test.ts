import { describe, expect, it } from "vitest";
import { exitError } from "../../src/workers/exit-reason.js";

const exit = { code: null, signal: null, expected: false, stderr: [] } as const;

describe("exitError", () => {
  it("names the model and what to do when memory ran out", () => {
    const error = exitError("whisper/base", { ...exit, signal: "SIGKILL" });
    expect(error.code).toBe("worker-out-of-memory");
    expect(error.message).toMatch(/whisper\/base.*memory.*smaller model/);
  });

  it("takes an allocation that failed for memory, however the process ended", () => {
    const stderr = ["terminate called after throwing an instance of 'std::bad_alloc'"];
    expect(exitError("a", { ...exit, signal: "SIGABRT", stderr }).code).toBe("worker-out-of-memory");
    expect(exitError("a", { ...exit, code: 1, stderr }).code).toBe("worker-out-of-memory");
  });

  it("tells a file lost under the reader", () => {
    expect(exitError("a", { ...exit, signal: "SIGBUS" }).message).toMatch(/disk/);
  });

  it("quotes the line that tells the cause, not a stack or the line after it", () => {
    const stderr = [
      "file:///dist/worker-main.js:3",
      "throw new Error('no such thing');",
      "^",
      "Error: no such thing",
      "    at run (file:///dist/worker-main.js:3:7)",
      "Node.js v20.20.2",
    ];
    expect(exitError("a", { ...exit, code: 1, stderr }).message).toMatch(/it said: Error: no such thing$/);
  });

  it("quotes the last line where none looks like a cause", () => {
    const stderr = ["one", "two"];
    expect(exitError("a", { ...exit, signal: "SIGHUP", stderr }).message).toMatch(/SIGHUP; it said: two$/);
  });

  it("says that a process never started", () => {
    const stderr = ["spawn EAGAIN"];
    expect(exitError("a", { ...exit, stderr }).message).toMatch(
      /could not be started; it said: spawn EAGAIN/,
    );
  });
});
