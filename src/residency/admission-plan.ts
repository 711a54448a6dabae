import { BudgetError } from "../base/errors.js";
import { formatBytes } from "../base/units.js";
import { type Candidate, chooseVictims, type Victim } from "./eviction.js";

/** A model that wants to load. */
export interface AdmissionRequest {
  /** For people. */
  readonly title: string;
  /** Upper bound of what it will hold. */
  readonly bytes: number;
  /** Who may have to leave for it: nobody, those who have been in memory for a while, anyone idle. */
  readonly mayEvict: "nobody" | "old" | "anyone";
  /** Whether somebody waits for it; otherwise it is refused rather than kept waiting. */
  readonly mayWait: boolean;
  readonly waitedMs: number;
  /** Somebody else has waited for longer. */
  readonly behindOthers: boolean;
  /** A sentence naming a smaller model that would fit, for the refusal. */
  readonly offer?: string;
}

/** Memory as it stands when the request is looked at. All bytes. */
export interface Room {
  readonly budgetBytes: number;
  readonly budgetReason: string;
  /** To all models, from loading to draining. */
  readonly promisedBytes: number;
  /** Part of it that comes back by itself: draining models. */
  readonly leavingBytes: number;
  /** Part of it that no eviction can bring back: pinned models. */
  readonly pinnedBytes: number;
  /** Part of it that loading models have not taken yet, and that measurements therefore do not show. */
  readonly untakenBytes: number;
  /** What the machine and the container can still give. */
  readonly headroomBytes: number;
  readonly headroomReason: string;
  /** A process has ended a moment ago, and the kernel may not count its memory as free yet. */
  readonly settling: boolean;
  readonly candidates: readonly Candidate[];
  /** Models that could be closed to new users, as if nobody used them now. */
  readonly closable: readonly Candidate[];
}

export type AdmissionPlan =
  | { readonly kind: "grant" }
  | { readonly kind: "evict"; readonly victims: readonly Victim[] }
  | { readonly kind: "wait"; readonly why: string }
  | { readonly kind: "refuse"; readonly error: BudgetError };

/** A model in use keeps its users, but after so long a wait of others it takes no new ones. */
export const FAIRNESS_MS = 3000;

/** What to do about a request. Pure; asked again whenever memory has changed. */
export function planAdmission(request: AdmissionRequest, room: Room): AdmissionPlan {
  const { title, bytes } = request;
  if (bytes > room.budgetBytes - room.pinnedBytes) return { kind: "refuse", error: tooLarge(request, room) };

  const overBudget = room.promisedBytes + bytes - room.budgetBytes;
  const overHeadroom = room.untakenBytes + bytes - room.headroomBytes;
  if (overBudget <= 0 && overHeadroom <= 0 && !request.behindOthers) return { kind: "grant" };

  const why =
    overBudget > 0
      ? `${title} needs ${formatBytes(bytes)}, and of the budget of ${formatBytes(room.budgetBytes)} only ` +
        `${formatBytes(Math.max(0, room.budgetBytes - room.promisedBytes))} are free`
      : overHeadroom > 0
        ? `${title} needs ${formatBytes(bytes)}, but ${room.headroomReason}`
        : `${title} has to let others go first`;
  if (!request.mayWait && (request.mayEvict === "nobody" || request.behindOthers)) return refusal(why);
  if (request.behindOthers) return { kind: "wait", why };

  const missing = Math.max(overBudget, overHeadroom) - room.leavingBytes;
  if (missing <= 0) return leaving(request, why);
  // Better a short wait than sending away a model for memory that is on its way back.
  if (room.settling && overBudget <= room.leavingBytes) return leaving(request, why);

  const victims =
    request.mayEvict === "nobody"
      ? undefined
      : chooseVictims(room.candidates, missing, { protectYoung: request.mayEvict === "old" });
  if (victims) return { kind: "evict", victims };
  if (!request.mayWait) return refusal(why);
  if (request.waitedMs < FAIRNESS_MS) return { kind: "wait", why };
  const closed = chooseVictims(room.closable, missing, { protectYoung: false });
  return closed ? { kind: "evict", victims: closed } : { kind: "wait", why };
}

/** Memory is on its way: worth a moment even to those who would not wait for others. */
function leaving({ mayEvict, mayWait }: AdmissionRequest, why: string): AdmissionPlan {
  return mayWait || mayEvict !== "nobody" ? { kind: "wait", why } : refusal(why);
}

function refusal(why: string): AdmissionPlan {
  return {
    kind: "refuse",
    error: new BudgetError("over-budget", `${why}. Try again later, or raise the budget.`),
  };
}

function tooLarge({ title, bytes, offer }: AdmissionRequest, room: Room): BudgetError {
  const budget = `the memory budget is ${formatBytes(room.budgetBytes)} (${room.budgetReason})`;
  const pinned =
    room.pinnedBytes > 0 && bytes <= room.budgetBytes
      ? `, of which ${formatBytes(room.pinnedBytes)} belong to pinned models`
      : "";
  const advice = offer ?? "Choose a smaller model or raise the budget.";
  return new BudgetError(
    "larger-than-budget",
    `${title} needs ${formatBytes(bytes)}, and ${budget}${pinned}. ${advice}`,
  );
}
