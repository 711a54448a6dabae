import type { Hono } from "hono";
import { SessionError } from "../../base/errors.js";
import { type HomeInsight, NO_COMMANDS } from "../../sessions/home.js";
import { RequestError } from "./request-error.js";

/** Longer than anything that is said to a home. */
const MAX_SENTENCE = 500;

/**
 * `GET /api/home`: what the home is called, and who listens for its commands. `GET /api/home/test?sentence=…`: what a
 * sentence would be taken for.
 */
export function addHomeRoutes(app: Hono, home: HomeInsight | undefined): void {
  app.get("/api/home", (context) => context.json(home?.show() ?? NO_COMMANDS));

  app.get("/api/home/test", async (context) => {
    const sentence = context.req.query("sentence")?.trim() ?? "";
    if (sentence === "" || sentence.length > MAX_SENTENCE) {
      throw new RequestError(
        "bad-request",
        `Say a sentence of at most ${MAX_SENTENCE} letters: ?sentence=turn on …`,
      );
    }
    if (!home) throw new SessionError("no-model", NO_COMMANDS.off ?? "");
    return context.json(await home.test(sentence, context.req.query("language") || undefined));
  });
}
