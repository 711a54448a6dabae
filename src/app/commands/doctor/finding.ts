export type Level = "ok" | "warn" | "fail";

/** One thing that was looked at. */
export interface Finding {
  /** For machines: `node`, `port-wyoming`. */
  readonly check: string;
  readonly level: Level;
  /** One sentence. */
  readonly message: string;
  /** What to do about it. Absent when all is well. */
  readonly advice?: string;
}

/** Findings about one subject. */
export function about(check: string) {
  return {
    ok: (message: string): Finding => ({ check, level: "ok", message }),
    warn: (message: string, advice: string): Finding => ({ check, level: "warn", message, advice }),
    fail: (message: string, advice: string): Finding => ({ check, level: "fail", message, advice }),
  };
}
