import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateRawSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { extractArchive, foldTopFolder } from "../../src/assets/archive/extract.js";
import type { ArchiveLimits } from "../../src/assets/archive/member-rules.js";
import { AssetError } from "../../src/base/errors.js";
import { crowdedTar, type Member, tar, tarBz2, tarGz, zip } from "../fixtures/archives.js";

const BYTES = randomBytes(300_000);
const GOOD: readonly Member[] = [
  { name: "top/am/final.mdl", content: BYTES },
  { name: "top/conf/mfcc.conf", content: "--sample-frequency=16000\n" },
  { name: "top/README", content: "" },
];

describe("extractArchive", () => {
  let home: string;
  let dir: string;

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), "extract-"));
    dir = join(home, "inside", "model");
    await writeFile(join(home, "victim"), "untouched");
    await mkdir(join(home, "inside"));
  });
  afterEach(() => rm(home, { recursive: true }));

  async function extract(
    bytes: Buffer,
    options: {
      strip?: number;
      place?: (member: string) => string | undefined;
      limits?: Partial<ArchiveLimits>;
    } = {},
  ): Promise<number> {
    const archive = join(home, "archive");
    await writeFile(archive, bytes);
    let unpacked = 0;
    await extractArchive({
      archive,
      dir,
      stripComponents: options.strip ?? 0,
      place: options.place ?? ((member) => member),
      ...(options.limits && { limits: options.limits }),
      onBytes: (more) => {
        unpacked += more;
      },
      signal: new AbortController().signal,
    });
    return unpacked;
  }

  /** Refused with these words, with nothing kept and nothing written elsewhere. */
  async function expectRefusal(bytes: Buffer, words: string, limits?: Partial<ArchiveLimits>): Promise<void> {
    const error: unknown = await extract(bytes, limits ? { limits } : {}).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(AssetError);
    expect((error as AssetError).code).toBe("archive-refused");
    expect((error as AssetError).message).toContain(words);
    expect(existsSync(dir)).toBe(false);
    expect((await readdir(home)).sort()).toEqual(["archive", "inside", "victim"]);
    expect(await readdir(join(home, "inside"))).toEqual([]);
    expect(await readFile(join(home, "victim"), "utf8")).toBe("untouched");
  }

  const KINDS = [
    ["zip", async (members: readonly Member[]) => zip(members)],
    ["tar", tar],
    ["tar.gz", tarGz],
    ["tar.bz2", tarBz2],
  ] as const;

  it.each(KINDS)("unpacks a %s whatever its name", async (_kind, make) => {
    const unpacked = await extract(await make(GOOD));
    expect(await readFile(join(dir, "top/am/final.mdl"))).toEqual(BYTES);
    expect(await readFile(join(dir, "top/conf/mfcc.conf"), "utf8")).toContain("16000");
    expect(await readFile(join(dir, "top/README"), "utf8")).toBe("");
    expect(unpacked).toBe(BYTES.length + 25);
  });

  it("drops leading folders and keeps only what is wanted", async () => {
    const place = (member: string) => (member.startsWith("am/") ? `kept/${member}` : undefined);
    await extract(await tarGz(GOOD), { strip: 1, place });
    expect(await readdir(dir, { recursive: true })).toEqual(["kept", "kept/am", "kept/am/final.mdl"]);
  });

  it.each(KINDS)("refuses a %s whose member leads out of the folder", async (kind, make) => {
    const words = kind === "zip" ? "invalid relative path" : "leads out of the folder";
    await expectRefusal(
      await make([
        { name: "a", content: "x" },
        { name: "../../victim", content: "evil" },
      ]),
      words,
    );
    await expectRefusal(await make([{ name: "a/../../../victim", content: "evil" }]), words);
  });

  it("refuses a tar with an absolute member", async () => {
    await expectRefusal(await tar([{ name: "/etc/evil", content: "x" }]), "is an absolute path");
  });

  it("refuses a zip with an absolute member or a drive letter", async () => {
    await expectRefusal(zip([{ name: "/etc/evil", content: "x" }]), "absolute path");
    await expectRefusal(zip([{ name: "c:/evil", content: "x" }]), "absolute path");
    await expectRefusal(zip([{ name: "a\\..\\victim", content: "x" }]), "");
  });

  it.each(["symlink", "link", "character-device", "block-device", "fifo"] as const)(
    "refuses a tar with a %s",
    async (type) => {
      const members = [
        { name: "way-out", type, linkname: "../../victim" },
        { name: "way-out/x", content: "x" },
      ];
      await expectRefusal(await tar(members), "is a link or a device");
    },
  );

  it("refuses a zip with a symbolic link", async () => {
    await expectRefusal(
      zip([{ name: "way-out", content: "../../victim", mode: 0o120777 }]),
      "is a link or a device",
    );
  });

  it("refuses an encrypted zip", async () => {
    await expectRefusal(zip([{ name: "a", content: "x", flags: 1 }]), "is encrypted");
  });

  it.each(KINDS)("refuses a %s with a file twice, also in another case", async (_kind, make) => {
    await expectRefusal(
      await make([
        { name: "a", content: "1" },
        { name: "a", content: "2" },
      ]),
      "is in it twice",
    );
    await expectRefusal(
      await make([
        { name: "a", content: "1" },
        { name: "./A", content: "2" },
      ]),
      "is in it twice",
    );
  });

  it.each(KINDS)("refuses a %s that is a file where a folder is needed", async (_kind, make) => {
    const error: unknown = await extract(
      await make([
        { name: "a", content: "1" },
        { name: "a/b", content: "2" },
      ]),
    ).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Error);
    expect(existsSync(dir)).toBe(false);
  });

  it("refuses a zip bomb while it unpacks", async () => {
    const bomb = zip([{ name: "bomb", content: Buffer.alloc(60_000_000) }]);
    expect(bomb.length).toBeLessThan(100_000);
    await expectRefusal(bomb, "times its size");
  });

  it("refuses a tar.gz bomb while it unpacks", async () => {
    await expectRefusal(await tarGz([{ name: "bomb", content: Buffer.alloc(60_000_000) }]), "times its size");
  });

  it("refuses members that share their bytes", async () => {
    const honest = zip([
      { name: "a", content: BYTES },
      { name: "b", content: BYTES },
    ]);
    // Both entries of the directory point at the first member, and the second member's bytes are cut out.
    const packed = deflateRawSync(BYTES).length;
    const second = 31 + packed;
    const cut = Buffer.concat([honest.subarray(0, second), honest.subarray(2 * second)]);
    cut.writeUInt32LE(0, second + 47 + 42);
    cut.writeUInt32LE(second, cut.length - 6);
    await expectRefusal(cut, "its members overlap");
  });

  it.each(KINDS)("refuses a %s that unpacks to more than its bound", async (_kind, make) => {
    await expectRefusal(await make(GOOD), "unpacks to more than 100 kB", { totalBytes: 100_000 });
  });

  it("refuses 100,000 members", async () => {
    const members = Array.from({ length: 65_000 }, (_, at) => ({ name: `f${at}` }));
    await expectRefusal(zip(members), "more than 5000 members");
    await expectRefusal(gzipSync(crowdedTar(100_000)), "more than 5000 members");
  });

  it.each(KINDS)("refuses a %s with paths too deep or too long", async (_kind, make) => {
    await expectRefusal(await make([{ name: `${"d/".repeat(13)}f`, content: "x" }]), "lies too deep");
    await expectRefusal(await make([{ name: "n".repeat(241), content: "x" }]), "too long a path");
  });

  it.each(KINDS)("refuses a truncated %s", async (_kind, make) => {
    const whole = await make(GOOD);
    for (const share of [0.3, 0.6, 0.9]) {
      await expectRefusal(whole.subarray(0, Math.floor(whole.length * share)), "");
    }
  });

  it("refuses a zip whose member is not what its checksum says", async () => {
    await expectRefusal(zip([{ name: "a", content: "x", crc: 1 }]), "it is damaged");
  });

  it("refuses what is no archive at all", async () => {
    await expectRefusal(Buffer.from("<html>Not found</html>"), "neither zip nor tar");
    await expectRefusal(Buffer.alloc(0), "neither zip nor tar");
    await expectRefusal(Buffer.concat([Buffer.from([0x1f, 0x8b]), BYTES]), "damaged");
    await expectRefusal(Buffer.concat([Buffer.from("BZh9"), BYTES]), "damaged");
    await expectRefusal(Buffer.concat([Buffer.from("PK\x03\x04"), BYTES]), "not a whole zip");
  });

  it("stops when told to, keeping nothing", async () => {
    const archive = join(home, "archive");
    await writeFile(archive, await tarGz(GOOD));
    const stop = new AbortController();
    const extraction = {
      archive,
      dir,
      stripComponents: 0,
      place: (member: string) => member,
      onBytes: () => stop.abort(new Error("enough")),
      signal: stop.signal,
    };
    await expect(extractArchive(extraction)).rejects.toThrow("enough");
    expect(existsSync(dir)).toBe(false);
  });
});

describe("foldTopFolder", () => {
  it("lifts the contents of a single top folder, even where one of them has its name", async () => {
    const dir = await mkdtemp(join(tmpdir(), "fold-"));
    await extractInto(dir, [
      { name: "top/top/file", content: "x" },
      { name: "top/other", content: "y" },
    ]);
    await foldTopFolder(join(dir, "out"));
    expect((await readdir(join(dir, "out"))).sort()).toEqual(["other", "top"]);
    await rm(dir, { recursive: true });
  });

  it("leaves several top folders alone", async () => {
    const dir = await mkdtemp(join(tmpdir(), "fold-"));
    await extractInto(dir, [
      { name: "am/final.mdl", content: "x" },
      { name: "README", content: "y" },
    ]);
    await foldTopFolder(join(dir, "out"));
    expect((await readdir(join(dir, "out"))).sort()).toEqual(["README", "am"]);
    await rm(dir, { recursive: true });
  });

  async function extractInto(dir: string, members: readonly Member[]): Promise<void> {
    await writeFile(join(dir, "archive"), zip(members));
    await extractArchive({
      archive: join(dir, "archive"),
      dir: join(dir, "out"),
      stripComponents: 0,
      place: (member) => member,
      onBytes: () => undefined,
      signal: new AbortController().signal,
    });
  }
});
