import { describe, expect, it } from "vitest";
import { findingsText } from "../../../../src/app/commands/doctor/doctor.js";
import { about, type Finding } from "../../../../src/app/commands/doctor/finding.js";
import { judgeDataFolder, judgeFreeDisk } from "../../../../src/app/commands/doctor/judge-disk.js";
import {
  judgeClock,
  judgeContainer,
  judgeMemory,
  judgeNode,
  judgePressure,
  judgeProcessor,
  judgeSwap,
} from "../../../../src/app/commands/doctor/judge-machine.js";
import {
  judgeGarbage,
  judgeModels,
  judgePlan,
  judgeServer,
} from "../../../../src/app/commands/doctor/judge-models.js";
import {
  judgeBroker,
  judgeHost,
  judgePort,
  judgeRegistry,
} from "../../../../src/app/commands/doctor/judge-network.js";
import { judgeBzip2, judgeProvider, judgeTorch } from "../../../../src/app/commands/doctor/judge-programs.js";
import { GIB, MIB } from "../../../../src/base/units.js";
import { aForesight } from "../../../fixtures/foresight.js";
import { aModel, aSnapshot } from "../../../fixtures/snapshot.js";

/** `level message` of a finding; whatever is not well comes with advice. */
function verdict(finding: Finding): string {
  expect(finding.advice === undefined).toBe(finding.level === "ok");
  expect(finding.message).toMatch(/[.!]$/);
  return `${finding.level} ${finding.message}`;
}

describe("a verdict on the machine", () => {
  it.each([
    ["20.19.0", "ok"],
    ["24.11.1", "ok"],
    ["20.18.3", "fail"],
    ["18.20.8", "fail"],
  ])("finds Node.js %s %s", (version, level) => {
    expect(verdict(judgeNode(version))).toMatch(new RegExp(`^${level} Node.js ${version}`));
  });

  it.each([
    [{ arch: "arm64", cores: 4, cpuFlags: ["fp", "asimddp"] }, "ok 4 cores, arm64."],
    [{ arch: "arm64", cores: 4, cpuFlags: ["fp"] }, "ok 4 cores, arm64, without dot product"],
    [{ arch: "x64", cores: 2, cpuFlags: ["avx2"] }, "ok 2 cores, x64."],
    [{ arch: "x64", cores: 2, cpuFlags: ["sse4_2"] }, "warn 2 cores, x64, without AVX2"],
    [{ arch: "x64", cores: 2, cpuFlags: [""] }, "ok 2 cores"],
    [{ arch: "x64", cores: 1, cpuFlags: ["avx2"] }, "warn 1 core, x64"],
    [{ arch: "arm", cores: 4, cpuFlags: [] }, "fail There are no speech libraries for arm"],
  ])("finds the processor %o: %s", (board, words) => {
    expect(verdict(judgeProcessor(board))).toContain(words);
  });

  it("finds memory scarce on a small machine and on a full one", () => {
    const memory = { budgetBytes: GIB, budgetReason: "auto", availableBytes: 2 * GIB, totalBytes: 4 * GIB };
    expect(verdict(judgeMemory(memory))).toMatch(/^ok 1.1 GB for models \(auto\), 2.1 GB available/);
    expect(verdict(judgeMemory({ ...memory, totalBytes: 512 * MIB }))).toMatch(/^warn .*only 537 MB/);
    expect(verdict(judgeMemory({ ...memory, availableBytes: 200 * MIB }))).toMatch(/^warn .*that is little/);
  });

  it("finds a container's limit, and what it has cost", () => {
    const group = { version: 2, usedBytes: 200 * MIB, headroomBytes: GIB, oomKills: 0 } as const;
    expect(verdict(judgeContainer(undefined))).toMatch(/^ok No memory limit/);
    expect(verdict(judgeContainer({ ...group, limitBytes: undefined }))).toMatch(/^ok No memory limit/);
    expect(verdict(judgeContainer({ ...group, limitBytes: 2 * GIB }))).toMatch(
      /^ok The container may use 2.1 GB/,
    );
    expect(verdict(judgeContainer({ ...group, limitBytes: 512 * MIB }))).toMatch(/^warn .*that is little/);
    expect(verdict(judgeContainer({ ...group, limitBytes: 2 * GIB, oomKills: 3 }))).toMatch(
      /^warn .*ended 3 of its processes/,
    );
  });

  it.each([
    [{ totalBytes: 0, freeBytes: 0 }, /^ok No swap/],
    [{ totalBytes: GIB, freeBytes: GIB }, /^ok 0 B of 1.1 GB/],
    [{ totalBytes: GIB, freeBytes: 200 * MIB }, /^warn 864 MB of 1.1 GB/],
    [{ totalBytes: 100 * MIB, freeBytes: 0 }, /^ok/],
  ])("finds swap %o", (swap, words) => {
    expect(verdict(judgeSwap(swap))).toMatch(words);
  });

  it.each([
    [undefined, /^ok This kernel does not tell/],
    [{ somePercent: 1, fullPercent: 0 }, /^ok Nobody waits/],
    [{ somePercent: 12.4, fullPercent: 1 }, /^warn Programs wait for memory 12 %/],
    [{ somePercent: 6, fullPercent: 5 }, /^warn/],
  ])("finds pressure %o", (pressure, words) => {
    expect(verdict(judgePressure(pressure))).toMatch(words);
  });

  it("finds a clock wrong that stands still in the past, or differs from everybody's", () => {
    const now = Date.UTC(2026, 10, 22, 20, 30);
    expect(verdict(judgeClock(now, []))).toBe("ok The clock says 2026-11-22 20:30 UTC.");
    expect(verdict(judgeClock(now, [now + 60_000]))).toMatch(/^ok/);
    // One host with a wrong clock of its own proves nothing.
    expect(verdict(judgeClock(now, [now - 9e9, now + 1000]))).toMatch(/^ok/);
    expect(verdict(judgeClock(now, [now - 600_000]))).toMatch(/^warn .*wrong by 10 min/);
    expect(verdict(judgeClock(Date.UTC(1970, 0, 1), [now]))).toMatch(/^fail .*1970-01-01/);
  });
});

describe("a verdict on the disk", () => {
  it("finds a folder that forgets, or that cannot be written", () => {
    expect(verdict(judgeDataFolder({ dir: "/data", fileSystem: 0xef53 }))).toMatch(/^ok/);
    expect(verdict(judgeDataFolder({ dir: "/data", fileSystem: 0x01021994 }))).toMatch(/^warn .*tmpfs/);
    expect(verdict(judgeDataFolder({ dir: "/data", fileSystem: 0x794c7630 }))).toMatch(/^warn .*container/);
    expect(verdict(judgeDataFolder({ dir: "/data", obstacle: "EROFS: read-only" }))).toMatch(/^fail .*EROFS/);
  });

  it("finds too little space for what is to be downloaded", () => {
    expect(verdict(judgeFreeDisk(20e9, 500e6))).toMatch(/^ok 20 GB/);
    expect(verdict(judgeFreeDisk(800e6, 0))).toMatch(/^warn Only 800 MB/);
    expect(verdict(judgeFreeDisk(800e6, 750e6))).toMatch(/^fail 800 MB .*750 MB are to be downloaded/);
    expect(verdict(judgeFreeDisk(50e6, 0))).toMatch(/^fail 50 MB/);
  });
});

describe("a verdict on the network", () => {
  it("fails for a silent host only when something is wanted from it", () => {
    const silent = { origin: "https://a.example", ok: false, why: "no answer" };
    expect(verdict(judgeHost({ origin: "https://a.example", ok: true }, true))).toMatch(/^ok/);
    expect(verdict(judgeHost(silent, false))).toBe("warn https://a.example does not answer: no answer.");
    expect(verdict(judgeHost(silent, true))).toMatch(/^fail/);
    expect(verdict(judgeRegistry(undefined, true))).toMatch(/^ok/);
    expect(verdict(judgeRegistry("It is silent.", false))).toMatch(/^warn/);
    expect(verdict(judgeRegistry("It is silent.", true))).toMatch(/^fail/);
  });

  it.each([
    [{ kind: "off" }, /^ok MQTT is switched off/],
    [{ kind: "own" }, /^ok No broker is configured/],
    [{ kind: "reached", name: "a:1883", version: 5 }, /^ok .*a:1883 lets us in \(MQTT 5\)/],
    [{ kind: "reached", name: "a:1883", version: 4 }, /MQTT 3.1.1/],
    [{ kind: "lost", why: "Nobody is there", configured: false }, /^warn Nobody is there\./],
    [{ kind: "lost", why: "Nobody is there", configured: true }, /^fail Nobody is there\./],
  ] as const)("finds the broker %o", (facts, words) => {
    expect(verdict(judgeBroker(facts))).toMatch(words);
  });

  it.each([
    ["any", /^ok Wyoming takes any/],
    ["free", /^ok .*10300 is free/],
    ["ours", /^ok Wyoming listens on port 10300/],
    ["taken", /^fail .*taken by another/],
    [{ refused: "EACCES" }, /^fail .*EACCES/],
  ] as const)("finds a port %o", (use, words) => {
    const finding = judgePort("Wyoming", 10_300, use);
    expect(finding.check).toBe("port-wyoming");
    expect(verdict(finding)).toMatch(words);
  });
});

describe("a verdict on programs", () => {
  const whisper = { name: "whisper", title: "Whisper", enabled: true, wanted: false };
  const broken = { ok: false, reason: "Install it." } as const;
  it.each([
    [{ ...whisper, availability: { ok: true } }, /^ok Whisper can be used/],
    [{ ...whisper, availability: broken }, /^ok .*nothing asks for it: Install it/],
    [{ ...whisper, wanted: true, availability: broken }, /^fail Whisper is asked for/],
    [{ ...whisper, enabled: false, availability: { ok: true } }, /^ok Whisper is switched off/],
    [
      { ...whisper, enabled: false, wanted: true, availability: { ok: true } },
      /^fail .*switched off there too/,
    ],
  ] as const)("finds a provider %o", (facts, words) => {
    expect(verdict(judgeProvider(facts))).toMatch(words);
  });

  it.each([
    [undefined, [], /^ok .*only Silero voices need it/],
    [undefined, ["silero_v3"], /^fail .*silero_v3 cannot speak without it/],
    ["1.13.0", ["silero_v3"], /^ok PyTorch 1.13.0/],
    ["1.13.0", ["silero_v4"], /^fail .*too old for Silero v4/],
    ["2.6.0", ["silero_v4"], /^ok PyTorch 2.6.0/],
    ["", ["silero_v4"], /^ok PyTorch of an unknown version/],
  ])("finds PyTorch %s for %j", (version, wanted, words) => {
    expect(verdict(judgeTorch(version, wanted))).toMatch(words);
  });

  it("misses bzip2 only where an archive would be quicker with it", () => {
    expect(verdict(judgeBzip2("/usr/bin/bzip2", true))).toMatch(/^ok/);
    expect(verdict(judgeBzip2(undefined, false))).toMatch(/^ok .*without it, several times slower/);
    expect(verdict(judgeBzip2(undefined, true))).toMatch(/^warn .*several times slower/);
  });
});

describe("a verdict on the house", () => {
  it("repeats what a running server says of itself", () => {
    expect(verdict(judgeServer(undefined))).toMatch(/^ok No server/);
    expect(verdict(judgeServer(aSnapshot()))).toBe("ok Irene Edge 1.2.3 runs: ready.");
    const ill = aSnapshot({ phase: "degraded", problem: "Whisper is damaged." });
    expect(verdict(judgeServer(ill))).toMatch(/^warn .*degraded - Whisper is damaged/);
    expect(verdict(judgeServer({ ...ill, phase: "error" }))).toMatch(/^fail/);
  });

  it("names each damaged model, else counts them", () => {
    const whole = [aModel("a/b"), aModel("a/c"), aModel("a/d", { asset: { name: "missing" } })];
    expect(judgeModels(whole).map(verdict)).toEqual(["ok 2 models are on disk, 120 MB."]);
    expect(judgeModels([]).map(verdict)).toEqual(["ok No model is on disk yet."]);
    const damaged = aModel("a/e", { asset: { name: "corrupt", reason: "m is short" } });
    expect(judgeModels([...whole, damaged]).map(verdict)).toEqual(["fail a/e is damaged: m is short."]);
  });

  it("weighs what nobody needs", () => {
    expect(verdict(judgeGarbage([]))).toMatch(/^ok/);
    expect(verdict(judgeGarbage([{ path: "x", bytes: 5e6, why: "" }]))).toMatch(/^warn 1 .* thing .*5 MB/);
  });

  it("tells who answers, what does not fit and what cannot be had", () => {
    const levels = (...args: Parameters<typeof aForesight>) =>
      judgePlan(aForesight(...args)).map((finding) =>
        verdict(finding).replace(/^(\w+) (\S+ \S+).*/, "$1 $2"),
      );
    expect(levels()).toEqual(["ok whisper/tiny is", "ok espeak/espeak-ng is", "warn Piper Large"]);
    const nothing = { ...aForesight().warmUp, leftOut: [] };
    const answers = [
      { capability: "tts", model: undefined, why: "none", fallbacks: [], leftOut: [] },
    ] as const;
    expect(levels({ answers, warmUp: nothing, downloads: [] })).toEqual(["fail Nobody can"]);
    const downloads = [{ model: "a/b", reachable: false }];
    expect(levels({ answers: [], warmUp: nothing, downloads })).toEqual(["fail a/b is"]);
  });
});

describe("the report", () => {
  it("has a line for each finding, advice below it, and a count", () => {
    const findings = [
      about("a").ok("Well."),
      about("b").warn("Hm.", "Look."),
      about("c").fail("Two problems:\n  one", "Mend."),
    ];
    expect(findingsText(findings).split("\n")).toEqual([
      "ok    Well.",
      "warn  Hm.",
      "      → Look.",
      "fail  Two problems:",
      "        one",
      "      → Mend.",
      "",
      "3 checks: 1 ok, 1 to look at, 1 failed",
    ]);
  });
});
