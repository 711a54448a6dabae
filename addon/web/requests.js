import { byId, h, keyedList, setText } from "./dom.js";
import { clockTime, duration } from "./format.js";
import { t } from "./words.js";

const KINDS = { transcribe: "Speech to text", synthesize: "Text to speech", wake: "Wake words" };
const SHOWN = 12;

const rows = keyedList(byId("requests"), () => {
  const what = h("b");
  const detail = h("span", { class: "muted" });
  const outcome = h("span", { class: "badge" });
  const stages = h("div", { class: "stages", role: "img" });
  const names = h("p", { class: "muted small" });
  const element = h("li", {}, h("div", { class: "row" }, what, outcome), detail, stages, names);
  return {
    element,
    update(trace) {
      setText(what, t(KINDS[trace.kind] ?? trace.kind));
      const facts = [clockTime(trace.startedAtMs), trace.gateway, trace.model, trace.peer];
      setText(detail, facts.filter(Boolean).join(" · "));
      setText(outcome, t(trace.outcome));
      outcome.dataset.stage = trace.outcome;
      const parts = stageTimes(trace);
      const whole = Math.max(
        1,
        parts.reduce((sum, { ms }) => sum + ms, 0),
      );
      stages.replaceChildren(
        ...parts.map(({ name, ms }, index) => {
          const part = h("i", { title: `${t(name)}: ${duration(ms)}`, "data-step": String(index % 5) });
          part.style.flexGrow = String(Math.max(ms / whole, 0.01));
          return part;
        }),
      );
      const text = parts.map(({ name, ms }) => (ms > 0 ? `${t(name)} ${duration(ms)}` : t(name))).join(" → ");
      stages.setAttribute("aria-label", text);
      setText(names, [text, trace.degraded, trace.error].filter(Boolean).join(" · "));
    },
  };
});

/** How long a request was in each of its stages: from reaching it to reaching the next. The last one is its end. */
function stageTimes({ startedAtMs, stages }) {
  const all = [{ name: "begin", atMs: startedAtMs }, ...stages];
  const times = all.map(({ name, atMs }, index) => ({ name, ms: (all[index + 1]?.atMs ?? atMs) - atMs }));
  return times.filter(({ name, ms }, index) => ms > 0 || (name !== "begin" && index === all.length - 1));
}

/** What a person waits for: from the end of the audio to the text, from the text to the first sound. */
function waitMs({ kind, startedAtMs, stages }) {
  const at = (wanted) => stages.find(({ name }) => name === wanted)?.atMs;
  if (kind === "transcribe" && at("text") !== undefined)
    return at("text") - (at("audio ended") ?? startedAtMs);
  return kind === "synthesize" && at("first audio") !== undefined
    ? at("first audio") - startedAtMs
    : undefined;
}

/** A line of the waits, oldest first, with its highest and last value in words. */
function sparkline(values) {
  const width = 140;
  const height = 30;
  const top = Math.max(...values, 1);
  const step = values.length > 1 ? (width - 6) / (values.length - 1) : 0;
  const points = values.map((value, index) => [3 + index * step, height - 3 - (value / top) * (height - 6)]);
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", t("Waits, oldest first: {0}", values.map(duration).join(", ")));
  const line = document.createElementNS(svg.namespaceURI, "polyline");
  line.setAttribute("points", points.map((point) => point.join(",")).join(" "));
  const dot = document.createElementNS(svg.namespaceURI, "circle");
  const [x, y] = points.at(-1);
  dot.setAttribute("cx", x);
  dot.setAttribute("cy", y);
  dot.setAttribute("r", "3");
  svg.append(line, dot);
  return svg;
}

/** The newest requests, stage by stage, and how the waits went. */
export function showRequests({ requests }) {
  rows(requests.recent.slice(0, SHOWN));
  byId("requests-none").hidden = requests.recent.length > 0;
  setText(
    byId("requests-figures"),
    t("{0} since the start, {1} running, {2} failed", requests.total, requests.active, requests.failed),
  );
  const waits = (kind) =>
    requests.recent
      .filter((trace) => trace.kind === kind)
      .map(waitMs)
      .filter((ms) => ms !== undefined)
      .reverse();
  const figures = ["transcribe", "synthesize"].flatMap((kind) => {
    const values = waits(kind);
    if (values.length === 0) return [];
    const label = t(
      kind === "transcribe" ? "to the text: {0}" : "to the first sound: {0}",
      duration(values.at(-1)),
    );
    const line = values.length > 1 ? [sparkline(values)] : [];
    return [h("figure", {}, ...line, h("figcaption", {}, label))];
  });
  byId("latency").replaceChildren(...figures);
}
