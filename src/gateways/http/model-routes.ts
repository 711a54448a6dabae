import type { Hono } from "hono";
import type { Controls } from "../../sessions/controls.js";

/** `POST /api/models/<provider>/<model>/<action>`: answers when the action is done, or with why it failed. */
export function addModelRoutes(app: Hono, controls: Controls): void {
  const act = (action: string, run: (model: string, signal: AbortSignal) => Promise<unknown>): void => {
    app.post(`/api/models/:provider/:model/${action}`, async (context) => {
      const model = `${context.req.param("provider")}/${context.req.param("model")}`;
      const result = await run(model, context.req.raw.signal);
      return context.json({ model, action, ...(result === undefined ? {} : { result }) });
    });
  };
  act("pull", (model, signal) => controls.pull(model, signal));
  act("remove", (model) => controls.remove(model));
  act("check", async (model) => (await controls.check(model)) ?? "whole");
  act("warm-up", (model) => controls.warmUp(model));
  act("unload", (model) => controls.unload(model));
  act("retry", (model) => controls.retry(model));
  act("pin", async (model) => controls.pin(model, true));
  act("unpin", async (model) => controls.pin(model, false));
}
