import type { LoadSpec } from "../../src/engines/capability.js";
import type { WorkerProgram } from "../../src/workers/worker-program.js";
import { PRODUCT } from "../fixtures/workers.js";

/** What a contract suite is run on. */
export interface Subject {
  /** For the tests' names: the provider, and the model where it matters. */
  readonly name: string;
  /** Undefined skips the suite. */
  readonly spec: LoadSpec | undefined;
  /** Why `spec` may be undefined, for the skipped suite's name. */
  readonly needs: string;
  /** The built program by default. */
  readonly program?: WorkerProgram;
}

/** Long enough for the largest test model on a busy machine. */
export const LOAD_MS = 120_000;

export const programOf = ({ program }: Subject): WorkerProgram => program ?? PRODUCT;

/** Title of a suite, saying why it is skipped when it is. */
export function titleOf(subject: Subject, capability: string): string {
  const title = `${capability} by ${subject.name}`;
  return subject.spec ? title : `${title} (skipped: needs ${subject.needs})`;
}
