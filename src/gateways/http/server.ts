import { type ServerType, serve } from "@hono/node-server";
import { Hono } from "hono";
import { InternalError, messageOf, VoiceError } from "../../base/errors.js";
import type { Logger } from "../../base/logger.js";
import type { Controls } from "../../sessions/controls.js";
import type { HomeInsight } from "../../sessions/home.js";
import type { LifeSource } from "../../sessions/model-lives.js";
import type { SnapshotSource } from "../../sessions/snapshot.js";
import type { VoiceSessions } from "../../sessions/voice.js";
import { type Access, guard } from "./access.js";
import { errorResponse } from "./error-response.js";
import { addEventRoutes } from "./event-routes.js";
import { addHomeRoutes } from "./home-routes.js";
import { METRICS_TYPE, metricsText } from "./metrics.js";
import { addModelRoutes } from "./model-routes.js";
import { openApiDocument } from "./openapi/document.js";
import { RequestError } from "./request-error.js";
import { isFromHere } from "./same-site.js";
import { addVoiceRoutes } from "./voice-routes.js";
import { addWebRoutes } from "./web-routes.js";

export interface HttpOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Folder of the page for people; absent serves none. */
  readonly webDir?: string;
  /** Absent lets everyone ask who reaches the port. */
  readonly access?: Access;
}

/** Several pages, a scraper and scripts; more is a program gone wild. */
const MAX_CONNECTIONS = 128;

/** Status, control and voice for the command line, the web page and scripts. */
export class HttpServer {
  readonly #app: Hono;
  readonly #options: HttpOptions;
  #server: ServerType | undefined;

  constructor({
    voice,
    snapshots,
    lives,
    controls,
    home,
    version,
    log,
    options,
  }: {
    readonly voice: VoiceSessions;
    readonly snapshots: SnapshotSource;
    readonly lives: LifeSource;
    readonly controls: Controls;
    /** Absent where the home's commands are not listened for. */
    readonly home?: HomeInsight | undefined;
    /** Of the program. */
    readonly version: string;
    readonly log: Logger;
    readonly options: HttpOptions;
  }) {
    this.#options = options;
    const app = new Hono();
    guard(app, options.access ?? {}, log);
    app.use(async (context, next) => {
      if (context.req.method !== "GET" && !isFromHere(context.req.raw.headers)) {
        throw new RequestError("forbidden", "Requests from other sites are refused.");
      }
      await next();
      // Answers are about this moment, and nothing but what they say they are.
      if (!context.res.headers.has("cache-control")) context.header("cache-control", "no-store");
      context.header("x-content-type-options", "nosniff");
    });
    app.get("/healthz", (context) => {
      const { phase, installId, version } = snapshots.current();
      return context.json({ status: "ok", phase, installId, version });
    });
    app.get("/api/openapi.json", (context) => context.json(openApiDocument(version)));
    app.get("/api/status", (context) => context.json(snapshots.current()));
    app.get("/api/history", (context) => context.json(lives.lives()));
    app.get("/metrics", async (context) =>
      context.body(await metricsText(snapshots.current()), 200, { "content-type": METRICS_TYPE }),
    );
    addVoiceRoutes(app, voice, controls);
    addModelRoutes(app, controls);
    addHomeRoutes(app, home);
    addEventRoutes(app, snapshots);
    if (options.webDir) addWebRoutes(app, options.webDir);
    app.notFound((context) => {
      const { method, path } = context.req;
      return errorResponse(context, new RequestError("not-found", `There is nothing for ${method} ${path}.`));
    });
    app.onError((error, context) => {
      if (!(error instanceof VoiceError))
        log.error(`${context.req.path} failed: ${messageOf(error)}`, { stack: error.stack });
      return errorResponse(context, error);
    });
    this.#app = app;
  }

  /** What is served, as `GET /api/models/:model/check`. */
  get routes(): readonly string[] {
    const own = this.#app.routes.filter(({ method }) => method !== "ALL");
    return [...new Set(own.map(({ method, path }) => `${method} ${path}`))];
  }

  /** @returns the port taken. @throws {InternalError} `port-taken` */
  start(): Promise<number> {
    const { host, port } = this.#options;
    return new Promise((resolve, reject) => {
      const server = serve({ fetch: this.#app.fetch, hostname: host, port }, (info) => resolve(info.port));
      server.once("error", (error: NodeJS.ErrnoException) => {
        reject(
          error.code === "EADDRINUSE"
            ? new InternalError(
                "port-taken",
                `HTTP port ${port} is taken. Choose another with --http-port.`,
                { cause: error },
              )
            : error,
        );
      });
      if ("maxConnections" in server) server.maxConnections = MAX_CONNECTIONS;
      this.#server = server;
    });
  }

  async close(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    if ("closeAllConnections" in server) server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }
}
