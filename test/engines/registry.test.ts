import { describe, expect, it } from "vitest";
import { PROVIDER_KINDS, PROVIDER_OPTIONS } from "../../src/config/provider-options.js";
import { findProvider, PROVIDERS } from "../../src/engines/registry.js";

describe("the registry", () => {
  it("finds each provider by its own name, once", () => {
    const names = PROVIDERS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const provider of PROVIDERS) expect(findProvider(provider.name)).toBe(provider);
    expect(findProvider("unheard-of")).toBeUndefined();
  });

  it("has only providers that can be configured under their capability", () => {
    for (const { name, capability } of PROVIDERS) {
      expect(Object.keys(PROVIDER_OPTIONS[PROVIDER_KINDS[capability]])).toContain(name);
    }
  });

  it("knows without loading them which can work on this machine", async () => {
    for (const provider of PROVIDERS) {
      const availability = await provider.available();
      if (!availability.ok) expect(availability.reason).toMatch(/install/);
    }
  });
});
