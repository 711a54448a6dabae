import { byId, h, keyedList, setText } from "./dom.js";
import { capability, language, sentenceCase } from "./format.js";
import { t } from "./words.js";

const rows = keyedList(
  byId("choices"),
  () => {
    const what = h("b");
    const who = h("span");
    const why = h("p", { class: "muted" });
    return {
      element: h("li", {}, h("div", { class: "row" }, what, who), why),
      update({ capability: kind, language: code, model, why: reason, title }) {
        setText(what, `${sentenceCase(capability(kind))}${code ? `, ${language(code)}` : ""}`);
        setText(who, title ?? model ?? t("nobody"));
        setText(why, reason);
      },
    };
  },
  ({ capability: kind, language: code }) => `${kind} ${code}`,
);

/** Which model answers what, and why. */
export function showChoices({ choices, models }) {
  const titles = new Map(models.map(({ id, title }) => [id, title]));
  rows(choices.map((choice) => ({ ...choice, title: titles.get(choice.model) })));
}
