import { describe, expect, it } from "vitest";
import {
  byLanguage,
  gatherNames,
  inEveryLanguage,
  namesByKind,
} from "../../../src/app/home/gathered-names.js";

const core = inEveryLanguage("Home Assistant", { lights: ["Bed Light", "Lampe"], areas: ["Salon"] });
const file = byLanguage("home.yaml", new Map([["fr", { lights: ["lampe", "Lustre"] }]]));

describe("gatherNames", () => {
  it("has names of Home Assistant in every language, and those of a file in their own", () => {
    expect(namesByKind(gatherNames([core, file], "fr"))).toEqual({
      areas: ["Salon"],
      lights: ["Bed Light", "Lampe", "Lustre"],
    });
    expect(namesByKind(gatherNames([core, file], "en"))).toEqual({
      areas: ["Salon"],
      lights: ["Bed Light", "Lampe"],
    });
  });

  it("names the first source of a name that several have", () => {
    expect(gatherNames([core, file], "fr").filter(({ name }) => /lamp/i.test(name))).toEqual([
      { kind: "lights", name: "Lampe", source: "Home Assistant" },
    ]);
  });
});
