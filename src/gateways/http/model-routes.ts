import type { Hono } from "hono";
import { CAPABILITIES, type Capability } from "../../catalog/manifest.js";
import type { Controls } from "../../sessions/controls.js";
import { MODEL_ACTIONS, type ModelAction } from "./model-actions.js";
import { RequestError } from "./request-error.js";
import { untilClientGone } from "./until-client-gone.js";

/**
 * `GET /api/models/find?name=…` tells what a name means; `POST /api/models/<provider>/<model>/<action>` answers when
 * the action is done, or with why it failed. In place of provider and model any name goes that `find` knows.
 */
export function addModelRoutes(app: Hono, controls: Controls): void {
  app.get("/api/models/find", (context) => {
    const name = context.req.query("name") ?? "";
    if (name === "") throw new RequestError("bad-request", "Say which model: /api/models/find?name=whisper");
    return context.json({ id: controls.find(name, capabilityOf(context.req.query("capability"))) });
  });

  const actions: Readonly<Record<ModelAction, (model: string, signal: AbortSignal) => Promise<unknown>>> = {
    pull: (model, signal) => controls.pull(model, signal),
    remove: (model) => controls.remove(model),
    check: async (model) => (await controls.check(model)) ?? "whole",
    "warm-up": (model) => controls.warmUp(model),
    unload: (model) => controls.unload(model),
    retry: (model) => controls.retry(model),
    pin: async (model) => controls.pin(model, true),
    unpin: async (model) => controls.pin(model, false),
  };
  for (const action of Object.keys(MODEL_ACTIONS) as ModelAction[]) {
    const addresses = [`/api/models/:provider/:model/${action}`, `/api/models/:model/${action}`];
    app.on("POST", addresses, async (context) => {
      const { provider, model: name } = context.req.param() as { provider?: string; model: string };
      const model = controls.find(provider === undefined ? name : `${provider}/${name}`);
      const result = await untilClientGone(context.req.raw, (signal) => actions[action](model, signal));
      return context.json({ model, action, ...(result === undefined ? {} : { result }) });
    });
  }

  app.get("/api/plan", async (context) => context.json(await controls.plan()));
  app.get("/api/garbage", async (context) => context.json({ garbage: await controls.collectGarbage(false) }));
  app.post("/api/garbage/remove", async (context) =>
    context.json({ garbage: await controls.collectGarbage(true) }),
  );
}

function capabilityOf(text: string | undefined): Capability | undefined {
  const found = CAPABILITIES.find((capability) => capability === text);
  if (text === undefined || found) return found;
  throw new RequestError("bad-request", `capability is one of ${CAPABILITIES.join(", ")}.`);
}
