import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DiskModelStore } from "../../src/assets/disk-model-store.js";
import { AssetError } from "../../src/base/errors.js";
import { silentLogger } from "../../src/base/logger.js";
import { ImpatientClock } from "../fixtures/impatient-clock.js";
import { manifest } from "../fixtures/manifests.js";
import {
  type Behaviour,
  file,
  inTurn,
  lying,
  MisbehavingServer,
  status,
} from "../fixtures/misbehaving-server.js";

const RIGHT = Buffer.concat([Buffer.of(0x08), randomBytes(2_500_000)]);
const WRONG = Buffer.concat([Buffer.of(0x08), randomBytes(2_500_000)]);
const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

const tooLong: Behaviour = (_request, response) => {
  response.writeHead(200).end(Buffer.concat([RIGHT, WRONG]));
};

/** One answer of a server that may do anything. */
const behaviour: fc.Arbitrary<Behaviour> = fc.oneof(
  fc.constant(file(RIGHT)),
  fc.nat(2_500_000).map((dropAfter) => file(RIGHT, { dropAfter })),
  fc.nat(2_500_000).map((dropAfter) => file(RIGHT, { dropAfter, ignoreRange: true })),
  fc.nat(2_500_000).map((dropAfter) => file(WRONG, { dropAfter })),
  fc.nat(2_500_000).map((dropAfter) => file(WRONG, { dropAfter, etag: '"v2"', ignoreIfRange: true })),
  fc.nat(2_500_000).map((claimed) => lying(RIGHT, claimed)),
  fc.constantFrom(404, 416, 429, 500, 503).map((code) => status(code)),
  fc.constant(tooLong),
  fc.constant(file(Buffer.from("<html>"), { headers: { "content-type": "text/html" } })),
);

describe("a model whose checksum is known", () => {
  let server: MisbehavingServer;
  beforeAll(async () => {
    server = await MisbehavingServer.start();
  });
  afterAll(() => server.stop());

  it("is never published wrong, whatever a server does in whatever order", async () => {
    let run = 0;
    const ends = { right: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(fc.array(behaviour, { minLength: 1, maxLength: 8 }), async (script) => {
        run += 1;
        const dir = await mkdtemp(join(tmpdir(), "chaos-"));
        const store = await DiskModelStore.open({
          dir,
          clock: new ImpatientClock(),
          logger: silentLogger,
          npm: { registry: server.url("/"), scopes: {} },
          reserveBytes: 0,
        });
        const serve = inTurn(...script);
        const url = server.on(`/m${run}`, (request, response, count) => {
          // Sizes are asked for beforehand; the script is for the file itself.
          if (request.method === "HEAD") response.writeHead(405).end();
          else serve(request, response, count);
        });
        const model = manifest({
          id: "a/b",
          files: [{ role: "model", path: "model.onnx", sha256: sha256(RIGHT) }],
          sources: [{ kind: "http", urls: { model: url } }],
        });
        const path = join(dir, "a/b/model.onnx");
        try {
          await store.obtain(model);
          expect(sha256(await readFile(path))).toBe(sha256(RIGHT));
          ends.right += 1;
        } catch (error) {
          if (!(error instanceof AssetError)) throw error;
          expect(existsSync(path)).toBe(false);
          ends.refused += 1;
        } finally {
          await store.close();
          await rm(dir, { recursive: true });
        }
      }),
      { numRuns: 60, endOnFailure: true },
    );
    expect(ends.right).toBeGreaterThan(0);
    expect(ends.refused).toBeGreaterThan(0);
  });
});
