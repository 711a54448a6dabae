import { describe, expect, it } from "vitest";
import { SharedTasks } from "../../src/assets/shared-tasks.js";

/** A task that ends when told to, and notes how it was treated. */
function controlled() {
  const seen = { runs: 0, stopped: false };
  let finish: (value: string) => void = () => undefined;
  const task = (signal: AbortSignal) => {
    seen.runs += 1;
    return new Promise<string>((resolve, reject) => {
      finish = resolve;
      signal.addEventListener("abort", () => {
        seen.stopped = true;
        reject(signal.reason);
      });
    });
  };
  return { seen, task, finish: (value: string) => finish(value) };
}

describe("SharedTasks", () => {
  it("gives all who ask the one result", async () => {
    const tasks = new SharedTasks<string>();
    const { seen, task, finish } = controlled();
    const all = [tasks.run("a", task), tasks.run("a", task), tasks.run("a", task)];
    finish("done");
    expect(await Promise.all(all)).toEqual(["done", "done", "done"]);
    expect(seen.runs).toBe(1);
    expect(tasks.has("a")).toBe(false);
  });

  it("runs anew once the last run has ended, also after a failure", async () => {
    const tasks = new SharedTasks<string>();
    await expect(tasks.run("a", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await tasks.run("a", async () => "yes")).toBe("yes");
  });

  it("lets one leave without stopping the task for the others", async () => {
    const tasks = new SharedTasks<string>();
    const { seen, task, finish } = controlled();
    const stop = new AbortController();
    const leaves = tasks.run("a", task, stop.signal);
    const stays = tasks.run("a", task, new AbortController().signal);
    stop.abort(new Error("bored"));
    await expect(leaves).rejects.toThrow("bored");
    expect(seen.stopped).toBe(false);
    finish("done");
    expect(await stays).toBe("done");
  });

  it("stops the task when the last one has left, and begins the next only after it has ended", async () => {
    const tasks = new SharedTasks<string>();
    const order: string[] = [];
    const stop = new AbortController();
    const first = tasks.run(
      "a",
      (signal) =>
        new Promise((_, reject) => {
          signal.addEventListener("abort", () =>
            setImmediate(() => {
              order.push("first has cleaned up");
              reject(signal.reason);
            }),
          );
        }),
      stop.signal,
    );
    stop.abort(new Error("bored"));
    await expect(first).rejects.toThrow("bored");
    const second = await tasks.run("a", async () => {
      order.push("second begins");
      return "done";
    });
    expect(second).toBe("done");
    expect(order).toEqual(["first has cleaned up", "second begins"]);
  });

  it("does not begin for one who has left already", async () => {
    const tasks = new SharedTasks<string>();
    const { seen, task } = controlled();
    await expect(tasks.run("a", task, AbortSignal.abort(new Error("gone")))).rejects.toThrow("gone");
    expect(seen.runs).toBe(0);
  });

  it("stops all tasks and waits for them", async () => {
    const tasks = new SharedTasks<string>();
    const { seen, task } = controlled();
    const asked = tasks.run("a", task);
    const failed = expect(asked).rejects.toThrow("the end");
    await tasks.stopAll(new Error("the end"));
    await failed;
    expect(seen.stopped).toBe(true);
  });
});
