import { type ServerType, serve } from "@hono/node-server";
import { Hono } from "hono";
import { InternalError, messageOf, VoiceError } from "../../base/errors.js";
import type { Logger } from "../../base/logger.js";
import type { Controls } from "../../sessions/controls.js";
import type { SnapshotSource } from "../../sessions/snapshot.js";
import type { VoiceSessions } from "../../sessions/voice.js";
import { errorResponse } from "./error-response.js";
import { addEventRoutes } from "./event-routes.js";
import { metricsText } from "./metrics.js";
import { addModelRoutes } from "./model-routes.js";
import { addVoiceRoutes } from "./voice-routes.js";

export interface HttpOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
}

/** Status, control and voice for the command line, the web page and scripts. */
export class HttpServer {
  readonly #app: Hono;
  readonly #options: HttpOptions;
  #server: ServerType | undefined;

  constructor({
    voice,
    snapshots,
    controls,
    log,
    options,
  }: {
    readonly voice: VoiceSessions;
    readonly snapshots: SnapshotSource;
    readonly controls: Controls;
    readonly log: Logger;
    readonly options: HttpOptions;
  }) {
    this.#options = options;
    const app = new Hono();
    app.use(async (context, next) => {
      // A page of another site must not drive this one through the user's browser.
      if (context.req.method !== "GET" && context.req.header("sec-fetch-site") === "cross-site") {
        return context.json(
          { error: { code: "forbidden", message: "Requests from other sites are refused." } },
          403,
        );
      }
      return next();
    });
    app.get("/healthz", (context) => context.json({ status: "ok", phase: snapshots.current().phase }));
    app.get("/api/status", (context) => context.json(snapshots.current()));
    app.get("/metrics", async (context) => context.text(await metricsText(snapshots.current())));
    addVoiceRoutes(app, voice);
    addModelRoutes(app, controls);
    addEventRoutes(app, snapshots);
    app.notFound((context) =>
      context.json({ error: { code: "not-found", message: "There is nothing at this address." } }, 404),
    );
    app.onError((error, context) => {
      if (!(error instanceof VoiceError))
        log.error(`${context.req.path} failed: ${messageOf(error)}`, { stack: error.stack });
      return errorResponse(context, error);
    });
    this.#app = app;
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
