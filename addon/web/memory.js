import { byId, h, keyedList, setText } from "./dom.js";
import { bytes, capability } from "./format.js";
import { locale, t } from "./words.js";

const isComing = ({ state }) => state === "loading" || state === "warming";
/** What a process on its way holds already is part of what was promised to it. */
const isMeasured = ({ state, memorySource }) =>
  memorySource === "measured" && (state === "ready" || state === "draining");

const legend = keyedList(byId("memory-legend"), () => {
  const swatch = h("i", { class: "swatch", "aria-hidden": "true" });
  const text = h("span");
  const size = h("b");
  return {
    element: h("li", {}, swatch, text, size),
    update({ kind, title, size: held }) {
      swatch.dataset.kind = kind;
      setText(text, title);
      setText(size, bytes(held));
    },
  };
});

const segments = keyedList(byId("memory-bar"), () => {
  const element = h("i");
  return {
    element,
    update({ kind, title, size, share }) {
      element.dataset.kind = kind;
      element.title = `${title}: ${bytes(size)}`;
      element.style.width = `${share * 100}%`;
    },
  };
});

/** The budget, and what holds how much of it. */
export function showMemory({ memory, models, addon }) {
  const parts = models.filter(isMeasured).map(({ id, title, capability: kind, memoryBytes }) => ({
    id,
    kind,
    title: `${title}, ${capability(kind)}`,
    size: memoryBytes,
  }));
  const held = parts.reduce((sum, { size }) => sum + size, 0);
  const coming = models.filter(isComing).map(({ title }) => title);
  const promised = Math.max(0, memory.modelsBytes - held) + memory.reservedBytes;
  if (coming.length > 0 && promised > 0) {
    parts.push({
      id: "reserved",
      kind: "reserved",
      title: t("promised to {0}", coming.join(", ")),
      size: promised,
    });
  }
  const used = parts.reduce((sum, { size }) => sum + size, 0);
  const whole = Math.max(memory.budgetBytes, used, 1);
  const shown = parts.map((part) => ({ ...part, share: part.size / whole }));
  segments(shown);
  legend(shown);
  const figures = t("{0} of {1}", bytes(memory.modelsBytes), bytes(memory.budgetBytes));
  setText(byId("memory-figures"), figures);
  byId("memory-bar").setAttribute("aria-label", t("Models hold {0}", figures));
  const sentences = [
    t("Budget {0}.", memory.budgetReason),
    t("The program itself: {0}.", bytes(memory.ownBytes)),
    t("Free on this machine: {0}.", bytes(memory.availableBytes)),
  ];
  setText(byId("memory-reason"), sentences.join(" "));
  byId("memory-addon").hidden = addon === undefined;
  if (addon) {
    const percent = addon.cpuPercent.toLocaleString(locale, { maximumFractionDigits: 1 });
    const held = t("{0} of {1}", bytes(addon.memoryBytes), bytes(addon.memoryLimitBytes));
    setText(
      byId("memory-addon"),
      t("The add-on as Home Assistant counts it: {0}, {1} % of the processor.", held, percent),
    );
  }
}
