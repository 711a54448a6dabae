import { ANSWER_SCHEMAS } from "./answer-schemas.js";
import { HOME_SCHEMAS } from "./home-schemas.js";
import { OPERATIONS } from "./operations.js";
import { SNAPSHOT_SCHEMAS } from "./snapshot-schemas.js";

/**
 * All that can be asked over HTTP, for programs that make clients of it.
 * @see https://spec.openapis.org/oas/v3.1.0
 */
export const openApiDocument = (version: string) => ({
  openapi: "3.1.0",
  info: {
    title: "Irene Edge",
    version,
    description:
      "Status, control and voice. Times are milliseconds, sizes bytes. Errors are sentences for people with a code for programs. Pages of other sites may not change anything.",
  },
  // Relative to this document, so that it also holds behind a proxy that serves us below a path.
  servers: [{ url: ".." }],
  security: [{ token: [] }, { password: [] }, {}],
  paths: OPERATIONS,
  components: {
    schemas: { ...SNAPSHOT_SCHEMAS, ...ANSWER_SCHEMAS, ...HOME_SCHEMAS },
    securitySchemes: {
      token: { type: "http", scheme: "bearer", description: "http.token; needed only where it is set" },
      password: { type: "http", scheme: "basic", description: "Any name, and the token as the password" },
    },
  },
});
