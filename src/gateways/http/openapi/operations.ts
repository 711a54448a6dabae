import { CAPABILITIES } from "../../../catalog/manifest.js";
import { MODEL_ACTIONS } from "../model-actions.js";
import { list, object, oneOf, ref, type Schema, text } from "./json-schema.js";

/** What can be asked of one address. */
export interface Operation {
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required: true; readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Content }>>;
  /** Empty: no token is needed. */
  readonly security?: readonly never[];
}

type Content = Readonly<Record<string, { readonly schema: Schema }>>;

interface Parameter {
  readonly name: string;
  readonly in: "query" | "path";
  readonly required?: true;
  readonly description: string;
  readonly schema: Schema;
}

const json = (schema: Schema): Content => ({ "application/json": { schema } });
const sound: Content = { "audio/wav": { schema: { type: "string", format: "binary" } } };
const answers = (description: string, content: Content): Operation["responses"] => ({
  "200": { description, content },
  default: { description: "What went wrong", content: json(ref("Problem")) },
});
const query = (name: string, description: string, schema: Schema = text()): Parameter => ({
  name,
  in: "query",
  description,
  schema,
});
const inPath = (name: string, description: string): Parameter => ({
  name,
  in: "path",
  required: true,
  description,
  schema: text(),
});

const PROVIDER = inPath("provider", "Such as `whisper`");
const MODEL = inPath("model", "Name after the provider, such as `tiny`");
const ANY_NAME = inPath("model", "An alias, or a provider, which means the model it would answer with");
const garbage = json(object<{ readonly garbage: readonly object[] }>({ garbage: list(ref("Garbage")) }));

/** Operations by address and method. A test holds them to the routes that are really served. */
export const OPERATIONS: Readonly<Record<string, Readonly<Record<string, Operation>>>> = {
  "/healthz": {
    get: {
      summary: "Whether the program lives",
      responses: answers("It does", json(ref("Health"))),
      security: [],
    },
  },
  "/metrics": {
    get: {
      summary: "Figures for Prometheus",
      responses: answers("Text format", { "text/plain": { schema: text() } }),
    },
  },
  "/api/openapi.json": {
    get: { summary: "This document", responses: answers("OpenAPI 3.1", json({ type: "object" })) },
  },
  "/api/status": {
    get: { summary: "Everything at once", responses: answers("Now", json(ref("Snapshot"))) },
  },
  "/api/events": {
    get: {
      summary: "Everything, now and after each change",
      description:
        "Server-sent events named `snapshot`; their data is a Snapshot. Slow readers get the newest alone.",
      responses: answers("Until the client hangs up", { "text/event-stream": { schema: text() } }),
    },
  },
  "/api/history": {
    get: {
      summary: "What each model did before, oldest first",
      responses: answers(
        "By model; models that did nothing are absent",
        json({ type: "object", additionalProperties: list(ref("LifeMoment")) }),
      ),
    },
  },
  "/api/plan": {
    get: {
      summary: "What the next start would load, and why",
      responses: answers("Nothing is changed by asking", json(ref("Plan"))),
    },
  },
  "/api/home": {
    get: {
      summary: "What the home is called, and who listens for its commands",
      responses: answers("By language", json(ref("Home"))),
    },
  },
  "/api/home/test": {
    get: {
      summary: "What a sentence would be taken for",
      parameters: [
        { ...query("sentence", "As somebody might say it"), required: true },
        query("language", "Code; the configured one when absent"),
      ],
      responses: answers("The nearest command, and whether it is taken for it", json(ref("HomeTest"))),
    },
  },
  "/api/transcribe": {
    post: {
      summary: "Speech to text",
      parameters: [
        query("language", "Code; the configured one when absent"),
        query("model", "Any name that `find` knows; `auto` chooses"),
      ],
      requestBody: { required: true, content: sound },
      responses: answers("What was said", json(ref("Transcript"))),
    },
  },
  "/api/say": {
    post: {
      summary: "Text to speech",
      requestBody: { required: true, content: json(ref("Say")) },
      responses: answers("A WAV file", sound),
    },
  },
  "/api/models/find": {
    get: {
      summary: "What a name means",
      parameters: [
        { ...query("name", "Id, alias or provider"), required: true },
        query("capability", "Only such models", oneOf(CAPABILITIES)),
      ],
      responses: answers("The id", json(object<{ readonly id: string }>({ id: text() }))),
    },
  },
  "/api/models/use": {
    post: {
      summary: "Let another model answer, at once and after restarts; requests go on meanwhile",
      requestBody: { required: true, content: json(ref("ModelChoice")) },
      responses: answers("It answers", json(ref("InUse"))),
    },
  },
  ...Object.fromEntries(
    Object.entries(MODEL_ACTIONS).flatMap(([action, summary]) => {
      const post = { summary, responses: answers("It is done", json(ref("Done"))) };
      return [
        [`/api/models/{provider}/{model}/${action}`, { post: { ...post, parameters: [PROVIDER, MODEL] } }],
        [`/api/models/{model}/${action}`, { post: { ...post, parameters: [ANY_NAME] } }],
      ];
    }),
  ),
  "/api/garbage": {
    get: { summary: "Files that serve no model", responses: answers("Nothing is removed", garbage) },
  },
  "/api/garbage/remove": {
    post: { summary: "Remove files that serve no model", responses: answers("What is gone", garbage) },
  },
};
