import { link, open, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import type { Clock, Timer } from "../../base/clock.js";
import { isRunning, ownIdentity, type ProcessIdentity } from "./process-identity.js";

const HEARTBEAT_MS = 10_000;
/** An owner in another container is taken for dead when it has not shown signs of life for so long. */
const SILENT_MS = 60_000;

/**
 * The right of one process to put a model together. A lock left by a process that has ended is taken over.
 *
 * It only saves work: what is published is checked and renamed into place whole, whoever does it.
 */
export class ModelLock {
  readonly #path: string;
  readonly #clock: Clock;
  #heartbeat: Timer | undefined;
  #released = false;

  private constructor(path: string, clock: Clock) {
    this.#path = path;
    this.#clock = clock;
    this.#beat();
  }

  /** The lock, or undefined while another living process holds it. */
  static async take(path: string, clock: Clock): Promise<ModelLock | undefined> {
    for (let tries = 0; tries < 3; tries += 1) {
      if (await create(path)) return new ModelLock(path, clock);
      const text = await readFile(path, "utf8").catch(() => undefined);
      if (text === undefined) continue;
      if (await isHeld(path, text, clock)) return undefined;
      await takeAway(path, text);
    }
    return undefined;
  }

  /** True while some living process holds the lock at a path. */
  static async isHeld(path: string, clock: Clock): Promise<boolean> {
    const text = await readFile(path, "utf8").catch(() => undefined);
    return text !== undefined && isHeld(path, text, clock);
  }

  async release(): Promise<void> {
    this.#released = true;
    this.#heartbeat?.cancel();
    await rm(this.#path, { force: true });
  }

  #beat(): void {
    if (this.#released) return;
    this.#heartbeat = this.#clock.after(HEARTBEAT_MS, () => {
      const now = new Date();
      // A lock that cannot be touched was taken away; the work ends by itself.
      utimes(this.#path, now, now).then(
        () => this.#beat(),
        () => undefined,
      );
    });
  }
}

async function create(path: string): Promise<boolean> {
  // Written beside and linked into place: nobody ever sees a lock without its owner.
  const own = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  const file = await open(own, "wx");
  try {
    await file.writeFile(JSON.stringify(await ownIdentity()));
    await link(own, path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return false;
    if (code === "EPERM" || code === "ENOTSUP") return createPlainly(path);
    throw error;
  } finally {
    await file.close();
    await rm(own, { force: true });
  }
}

/** For file systems without hard links, such as an exFAT stick. */
async function createPlainly(path: string): Promise<boolean> {
  return writeFile(path, JSON.stringify(await ownIdentity()), { flag: "wx" }).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "EEXIST") return false;
      throw error;
    },
  );
}

async function isHeld(path: string, text: string, clock: Clock): Promise<boolean> {
  const running = await isRunning(parseOwner(text));
  if (running !== undefined) return running;
  const touchedMs = await stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
  return clock.nowMs() - touchedMs < SILENT_MS;
}

/** Removes a dead owner's lock, unless somebody else has replaced it meanwhile. */
async function takeAway(path: string, seen: string): Promise<void> {
  const aside = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  const moved = await rename(path, aside).then(
    () => true,
    () => false,
  );
  if (!moved) return;
  const text = await readFile(aside, "utf8").catch(() => seen);
  // Someone was quicker: what we moved away is a living lock. Put it back, if nobody took its place.
  if (text !== seen) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

function parseOwner(text: string): ProcessIdentity {
  try {
    return JSON.parse(text) as ProcessIdentity;
  } catch {
    return { pid: 0 };
  }
}
