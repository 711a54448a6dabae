import { actionButtons } from "./actions.js";
import { byId, h, keyedList, setText } from "./dom.js";
import { bytes, capability, clockTime, duration, languages, whereabouts } from "./format.js";
import { stageOf } from "./history.js";
import { t } from "./words.js";

/** As much of a life as anybody would listen to. */
const MAX_SPOKEN = 8;

/** Models of which there is something to see: in memory, on their way, in trouble, or chosen. */
function atWork({ models, choices }) {
  const chosen = new Set(choices.map(({ model }) => model));
  return models.filter((model) => stageOf(model) !== "cold" || chosen.has(model.id) || model.pinned);
}

/** @param history what each model did before */
export function modelCards(history) {
  const show = keyedList(byId("models"), (first) => modelCard(first, history));
  return (snapshot) => {
    const models = atWork(snapshot).map((model) => ({ ...model, atMs: snapshot.atMs }));
    byId("models-none").hidden = models.length > 0;
    show(models);
  };
}

function modelCard({ id }, history) {
  const badge = h("span", { class: "badge" });
  const title = h("h3");
  const about = h("p", { class: "muted" });
  const timeline = h("div", { class: "timeline", role: "img" });
  const scale = h(
    "p",
    { class: "scale muted small", "aria-hidden": "true" },
    h("span"),
    h("span", {}, t("now")),
  );
  const progress = h(
    "div",
    { class: "bar", role: "progressbar", "aria-valuemin": "0", "aria-valuemax": "100" },
    h("i"),
  );
  const note = h("p", { class: "note" });
  const error = h("p", { class: "note bad" });
  const actions = actionButtons(id);
  const element = h(
    "article",
    { class: "card model", "data-model": id },
    h("div", { class: "row" }, title, badge),
    about,
    timeline,
    scale,
    progress,
    note,
    error,
    actions.element,
  );
  return {
    element,
    update(model) {
      const stage = stageOf(model);
      setText(badge, model.leases > 0 ? t("{0}, answering", t(stage)) : t(stage));
      badge.dataset.stage = stage;
      setText(title, model.title);
      setText(about, `${capability(model.capability)} · ${languages(model.languages)}`);
      setText(note, describe(model));
      setText(error, model.error ?? (model.asset.name === "corrupt" ? model.asset.reason : ""));
      error.hidden = error.textContent === "";
      showProgress(progress, model);
      showTimeline(timeline, scale, history.of(id, model.atMs));
      actions.update(model);
    },
  };
}

function describe(model) {
  const { asset } = model;
  if (asset.name === "downloading") {
    const done = bytes(asset.bytesDone);
    const known = asset.bytesTotal !== undefined;
    const parts = [known ? t("{0} of {1}", done, bytes(asset.bytesTotal)) : done];
    parts.push(t("{0} a second", bytes(asset.bytesPerSecond)));
    if (asset.etaSeconds !== undefined) parts.push(t("{0} left", duration(asset.etaSeconds * 1000)));
    return parts.join(", ");
  }
  const parts = [];
  if (model.state === "cold") parts.push(whereabouts(model));
  else parts.push(`${bytes(model.memoryBytes)} ${t(model.memorySource)}`);
  if (model.loadMs !== undefined) parts.push(t("loaded in {0}", duration(model.loadMs)));
  if (model.warmUpMs !== undefined) parts.push(t("warmed in {0}", duration(model.warmUpMs)));
  if (model.lastUsedAtMs !== undefined) parts.push(t("last used {0}", clockTime(model.lastUsedAtMs)));
  if (model.pinned) parts.push(t("pinned"));
  if (model.reason) parts.push(model.reason);
  return parts.join(" · ");
}

function showProgress(bar, { asset, title }) {
  const done = asset.bytesDone;
  const known = done !== undefined && asset.bytesTotal > 0;
  bar.setAttribute("aria-label", `${title}: ${t(asset.name)}`);
  bar.hidden = !["downloading", "extracting", "verifying"].includes(asset.name);
  if (bar.hidden) return;
  const percent = known ? Math.min(100, (100 * done) / asset.bytesTotal) : undefined;
  bar.classList.toggle("unknown", percent === undefined);
  if (percent === undefined) bar.removeAttribute("aria-valuenow");
  else bar.setAttribute("aria-valuenow", String(Math.round(percent)));
  bar.firstChild.style.width = `${percent ?? 100}%`;
}

function showTimeline(strip, scale, life) {
  const from = life[0]?.fromMs ?? 0;
  const whole = Math.max(1, (life.at(-1)?.toMs ?? 1) - from);
  while (strip.children.length > life.length) strip.lastChild.remove();
  life.forEach(({ stage, fromMs, toMs }, index) => {
    const part = strip.children[index] ?? strip.appendChild(h("i"));
    part.dataset.stage = stage;
    part.title = inWords({ stage, fromMs, toMs });
    part.style.flexGrow = String(1 + (200 * (toMs - fromMs)) / whole);
  });
  setText(scale.firstChild, t("{0} ago", duration(whole)));
  const newest = life.slice(-MAX_SPOKEN);
  strip.setAttribute("aria-label", t("Before, oldest first: {0}", newest.map(inWords).join(", ")));
}

const inWords = ({ stage, fromMs, toMs }) => `${t(stage)} ${duration(toMs - fromMs)}`;
