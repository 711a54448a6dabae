import { describe, expect, it } from "vitest";
import { speakable } from "../../src/text/speakable.js";

describe("speakable", () => {
  it.each([
    ["# Title\n\n- one\n- two **bold** and `code`", "Title. one. two bold and code"],
    ["See [docs](https://a.b/c?x=1).", "See docs."],
    ["Go to https://www.example.com/path/x?y=1, now.", "Go to example dot com, now."],
    ["Mail me@ex-a.org!", "Mail me at ex-a dot org!"],
    ["http://192.168.1.5:8123/x", "192 dot 168 dot 1 dot 5"],
    ["Open home-assistant.io/docs now", "Open home-assistant dot io now"],
    ["😀 Hello 👨‍👩‍👧 world 🇩🇪 👍🏽 :) ok", "Hello world ok"],
    ["1️⃣ step", "1 step"],
    ["| a | b |\n|---|---|\n| 1 | 2 |", "a, b. 1, 2"],
    ["2 * 3 = 6 and snake_case_name *emph* _it_", "2 * 3 = 6 and snake_case_name emph it"],
    ["***wow*** ~~gone~~", "wow gone"],
    ["```js\nconst x = 1;\n```\nDone", "Done"],
    ["<b>Hi</b> &amp; bye<br>next", "Hi & bye. next"],
    ["5 > 3 and 2 < 4", "5 > 3 and 2 < 4"],
    ["> quoted", "quoted"],
    ["- [x] milk\n- [ ] bread", "milk. bread"],
    ["a\n---\nb", "a. b"],
    ["![the lamp](/local/lamp.png)", "the lamp"],
    ["It is 21.5 °C.", "It is 21.5 °C."],
    ["😀🎉", ""],
    ["", ""],
  ])("makes speech of %j", (written, spoken) => {
    expect(speakable(written, "en")).toBe(spoken);
  });

  it("reads addresses in the language of the text", () => {
    expect(speakable("Пишите на me@example.com", "ru-RU")).toBe("Пишите на me собака example точка com");
  });

  it("survives a long text of nothing but markup", () => {
    for (const mark of [
      "*",
      "_",
      "[",
      "(",
      "<",
      "`",
      "&",
      "|",
      "#",
      "*_[(<`",
      "a*",
      "[a](",
      "<a",
      "a.",
      "://",
      "@",
    ]) {
      expect(typeof speakable(mark.repeat(10_000), "en")).toBe("string");
    }
  });
});
