import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/global-setup.ts"],
    // Real models, brokers and child processes: a case may take long on a busy two-core machine.
    testTimeout: 120_000,
    hookTimeout: 180_000,
    // A shared machine can starve a real process at the wrong moment. The report names what passed at the second try only.
    retry: 1,
    pool: "forks",
    maxWorkers: 2,
    reporters: ["default"],
  },
});
