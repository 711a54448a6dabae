import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findPythonWith } from "../../src/engines/find-python.js";

describe("findPythonWith", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "python-"));
  });
  afterEach(() => rmSync(root, { recursive: true }));
  const write = (path: string, content = "") => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  };
  const interpreter = (prefix: string, version = "python3.11") => {
    write(`${prefix}/bin/${version}`);
    symlinkSync(version, join(root, prefix, "bin/python3"));
  };
  const find = (...prefixes: string[]) =>
    findPythonWith(
      "torch",
      prefixes.map((prefix) => join(root, prefix, "bin")),
    );

  it("finds the packages of Debian", async () => {
    interpreter("usr");
    write("usr/lib/python3/dist-packages/torch/__init__.py");
    write("usr/lib/python3/dist-packages/torch/version.py", "__version__ = '1.13.0a0'\n");
    expect(await find("usr")).toEqual({ program: join(root, "usr/bin/python3"), packageVersion: "1.13.0" });
  });

  it("finds those of a virtual environment, and prefers them", async () => {
    interpreter("usr");
    write("usr/lib/python3/dist-packages/torch/__init__.py");
    interpreter("venv", "python3.13");
    write("venv/lib/python3.13/site-packages/torch/__init__.py");
    write("venv/lib/python3.13/site-packages/torch/version.py", "__version__ = '2.6.0+cpu'\n");
    expect(await find("venv", "usr")).toEqual({
      program: join(root, "venv/bin/python3"),
      packageVersion: "2.6.0",
    });
  });

  it("passes over packages of another version of Python", async () => {
    interpreter("usr", "python3.13");
    write("usr/lib/python3.11/site-packages/torch/__init__.py");
    expect(await find("usr")).toBeUndefined();
  });

  it("finds nothing without an interpreter, without PyTorch or with a folder that only has its name", async () => {
    interpreter("usr");
    mkdirSync(join(root, "usr/lib/python3/dist-packages/torch"), { recursive: true });
    expect(await find("usr", "absent")).toBeUndefined();
  });
});
