import { actionButtons } from "./actions.js";
import { byId, h, keyedList, setText } from "./dom.js";
import { bytes, capability, clockTime, duration, languages, whereabouts } from "./format.js";
import { stageOf } from "./history.js";

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
    progress,
    note,
    error,
    actions.element,
  );
  return {
    element,
    update(model) {
      const stage = stageOf(model);
      setText(badge, model.leases > 0 ? `${stage}, answering` : stage);
      badge.dataset.stage = stage;
      setText(title, model.title);
      setText(about, `${capability(model.capability)} · ${languages(model.languages)}`);
      setText(note, describe(model));
      setText(error, model.error ?? (model.asset.name === "corrupt" ? model.asset.reason : ""));
      error.hidden = error.textContent === "";
      showProgress(progress, model);
      showTimeline(timeline, history.of(id, model.atMs));
      actions.update(model);
    },
  };
}

function describe(model) {
  const { asset } = model;
  if (asset.name === "downloading") {
    const of = asset.bytesTotal === undefined ? "" : ` of ${bytes(asset.bytesTotal)}`;
    const left = asset.etaSeconds === undefined ? "" : `, ${duration(asset.etaSeconds * 1000)} left`;
    return `${bytes(asset.bytesDone)}${of} at ${bytes(asset.bytesPerSecond)}/s${left}`;
  }
  const parts = [];
  if (model.state === "cold") parts.push(whereabouts(model));
  else parts.push(`${bytes(model.memoryBytes)} ${model.memorySource}`);
  if (model.loadMs !== undefined) parts.push(`loaded in ${duration(model.loadMs)}`);
  if (model.warmUpMs !== undefined) parts.push(`warmed in ${duration(model.warmUpMs)}`);
  if (model.lastUsedAtMs !== undefined) parts.push(`last used ${clockTime(model.lastUsedAtMs)}`);
  if (model.pinned) parts.push("pinned");
  if (model.reason) parts.push(model.reason);
  return parts.join(" · ");
}

function showProgress(bar, { asset, title }) {
  const done = asset.bytesDone;
  const known = done !== undefined && asset.bytesTotal > 0;
  bar.setAttribute("aria-label", `${title}: ${asset.name}`);
  bar.hidden = !["downloading", "extracting", "verifying"].includes(asset.name);
  if (bar.hidden) return;
  const percent = known ? Math.min(100, (100 * done) / asset.bytesTotal) : undefined;
  bar.classList.toggle("unknown", percent === undefined);
  if (percent === undefined) bar.removeAttribute("aria-valuenow");
  else bar.setAttribute("aria-valuenow", String(Math.round(percent)));
  bar.firstChild.style.width = `${percent ?? 100}%`;
}

function showTimeline(strip, life) {
  const from = life[0]?.fromMs ?? 0;
  const whole = Math.max(1, (life.at(-1)?.toMs ?? 1) - from);
  while (strip.children.length > life.length) strip.lastChild.remove();
  life.forEach(({ stage, fromMs, toMs }, index) => {
    const part = strip.children[index] ?? strip.appendChild(h("i"));
    part.dataset.stage = stage;
    part.title = `${stage} for ${duration(toMs - fromMs)}`;
    part.style.flexGrow = String(1 + (200 * (toMs - fromMs)) / whole);
  });
  strip.setAttribute(
    "aria-label",
    `Since the page was opened: ${life.map(({ stage, fromMs, toMs }) => `${stage} ${duration(toMs - fromMs)}`).join(", ")}`,
  );
}
