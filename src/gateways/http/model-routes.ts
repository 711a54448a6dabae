import type { Hono } from "hono";
import { CAPABILITIES, type Capability } from "../../catalog/manifest.js";
import type { Controls } from "../../sessions/controls.js";
import { MODEL_ACTIONS, type ModelAction } from "./model-actions.js";
import { readJson } from "./read-body.js";
import { RequestError } from "./request-error.js";
import { untilClientGone } from "./until-client-gone.js";

const MAX_CHOICE_BYTES = 4096;

/**
 * `GET /api/models/find?name=…` tells what a name means; `POST /api/models/<provider>/<model>/<action>` answers when
 * the action is done, or with why it failed. In place of provider and model any name goes that `find` knows.
 * `POST /api/models/use` with `{"capability": "stt", "model": "whisper/tiny"}` changes which model answers.
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

  app.post("/api/models/use", async (context) => {
    const fields = await readJson(context.req.raw, MAX_CHOICE_BYTES);
    const text = (name: string): string | undefined => {
      const value = fields[name];
      if (value === undefined || value === null || value === "") return undefined;
      if (typeof value === "string") return value;
      throw new RequestError("bad-request", `\`${name}\` must be a text.`);
    };
    const [capability, model, language] = [capabilityOf(text("capability")), text("model"), text("language")];
    if (!capability || !model) {
      throw new RequestError(
        "bad-request",
        'Send what for and which: {"capability": "stt", "model": "whisper/tiny"}, or "auto" as the model.',
      );
    }
    const choice = { capability, ...(language && { language }), model: model === "auto" ? undefined : model };
    return context.json(await controls.use(choice));
  });

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
