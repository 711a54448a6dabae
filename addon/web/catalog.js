import { actionButtons } from "./actions.js";
import { byId, h, keyedList, setText } from "./dom.js";
import { bytes, capability, language, languages, whereabouts } from "./format.js";
import { stageOf } from "./history.js";
import { t } from "./words.js";

const rows = keyedList(byId("catalog"), ({ id }) => {
  const title = h("b");
  const badge = h("span", { class: "badge" });
  const about = h("p", { class: "muted" });
  const facts = h("dl", { class: "facts" });
  const actions = actionButtons(id);
  return {
    element: h(
      "li",
      { "data-model": id },
      h("div", { class: "row" }, title, badge),
      about,
      facts,
      actions.element,
    ),
    update(model) {
      setText(title, model.title);
      const stage = stageOf(model);
      const onDisk = model.asset.name === "present";
      setText(badge, stage === "cold" ? whereabouts(model) : t(stage));
      badge.dataset.stage = stage === "cold" && onDisk ? "present" : stage;
      setText(about, `${id} · ${capability(model.capability)} · ${languages(model.languages)}`);
      const figures = {
        [t("Size")]: sizeOf(model),
        [t("Memory")]: `${bytes(model.memoryBytes)} ${t(model.memorySource)}`,
        [t("Licence")]: model.commercial ? model.licence : t("{0}, not for commercial use", model.licence),
        [t("Fits")]: model.fits ? t("yes") : t("no, larger than the budget"),
      };
      const text = JSON.stringify(figures);
      if (facts.dataset.text !== text) {
        facts.dataset.text = text;
        facts.replaceChildren(
          ...Object.entries(figures).map(([name, value]) =>
            h("div", {}, h("dt", {}, name), h("dd", {}, value)),
          ),
        );
      }
      actions.update(model);
    },
  };
});

let newest;

/** All models there are, filtered as the user wants. */
export function showCatalog(snapshot) {
  newest = snapshot;
  offerLanguages(snapshot.models);
  const wanted = { language: byId("by-language").value, kind: byId("by-capability").value };
  const models = snapshot.models
    .map((model) => ({ ...model, fits: model.memoryBytes <= snapshot.memory.budgetBytes }))
    .filter(({ fits }) => fits || !byId("only-fitting").checked)
    .filter(({ capability: kind }) => !wanted.kind || kind === wanted.kind)
    .filter(
      ({ languages: codes }) =>
        !wanted.language || codes.length === 0 || codes.map(base).includes(wanted.language),
    );
  rows(models);
  setText(byId("catalog-count"), t("{0} of {1}", models.length, snapshot.models.length));
}

function sizeOf({ asset, downloadBytes }) {
  if (asset.name !== "present") return bytes(downloadBytes);
  return asset.bytes > 0 ? bytes(asset.bytes) : t("nothing to download");
}

const base = (code) => code.split(/[_-]/)[0];

function offerLanguages(models) {
  const select = byId("by-language");
  const codes = [...new Set(models.flatMap(({ languages: all }) => all.map(base)))];
  if (select.dataset.codes === String(codes)) return;
  select.dataset.codes = String(codes);
  const chosen = select.value;
  const named = codes.map((code) => [language(code), code]).sort(([a], [b]) => a.localeCompare(b));
  select.replaceChildren(
    h("option", { value: "" }, t("all")),
    ...named.map(([name, code]) => h("option", { value: code }, name)),
  );
  select.value = chosen;
}

for (const id of ["by-language", "by-capability", "only-fitting"]) {
  byId(id).addEventListener("change", () => newest && showCatalog(newest));
}
