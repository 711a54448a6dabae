import { synthesizeText, transcribeWav } from "../../test/fixtures/wyoming-tasks.js";
import { COMMAND, SENTENCE, wavOf } from "./clips.js";
import { timed } from "./statistics.js";

const command = wavOf(COMMAND);

/** The name under which peers ask for a model. */
export const wireName = (model: string): string => model.slice(model.indexOf("/") + 1);

/** One request over Wyoming to a model, connection included: a recorded command, or a short sentence to speak. */
export async function requestMs(port: number, kind: "stt" | "tts", model: string): Promise<number> {
  const { ms } = await timed<unknown>(() =>
    kind === "stt"
      ? transcribeWav(port, command, { name: wireName(model), language: "en" })
      : synthesizeText(port, SENTENCE, { name: wireName(model), language: "en" }),
  );
  return ms;
}
