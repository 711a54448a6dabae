import type { Hono } from "hono";
import { type HomeInsight, NO_COMMANDS } from "../../sessions/home.js";

/** `GET /api/home`: what the home is called, and who listens for its commands. */
export function addHomeRoutes(app: Hono, home: HomeInsight | undefined): void {
  app.get("/api/home", (context) => context.json(home?.show() ?? NO_COMMANDS));
}
