import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { ownAddresses } from "../../src/app/own-addresses.js";
import { loadCatalog } from "../../src/catalog/load.js";
import { loadConfig } from "../../src/config/load.js";

const catalog = await loadCatalog({ program: fileURLToPath(new URL("../../models", import.meta.url)) });
const own = (env: Record<string, string>) =>
  ownAddresses(catalog, loadConfig({ env, flags: new Map() }).config);

describe("ownAddresses", () => {
  it("takes the Russian package from the address in the settings, whatever is known of the usual one", () => {
    const url = "https://example.org/my_ru.pt";
    const [model, ...others] = own({ IRENE_PROVIDERS__TTS__SILERO_V4__MODEL_URL: url });
    expect(others).toEqual([]);
    expect(model).toMatchObject({
      id: "silero_v4/v4_ru",
      sources: [{ kind: "http", urls: { model: url } }],
      licence: { commercial: false },
    });
    expect(model?.files).toEqual([{ role: "model", path: "v4_ru.pt" }]);
  });

  it("changes nothing without such a setting", () => {
    expect(own({})).toEqual([]);
  });
});
