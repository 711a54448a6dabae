import { byId, h, keyedList, setText } from "./dom.js";
import { bytes, capability } from "./format.js";

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
export function showMemory({ memory, models }) {
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
      title: `promised to ${coming.join(", ")}`,
      size: promised,
    });
  }
  const used = parts.reduce((sum, { size }) => sum + size, 0);
  const whole = Math.max(memory.budgetBytes, used, 1);
  const shown = parts.map((part) => ({ ...part, share: part.size / whole }));
  segments(shown);
  legend(shown);
  const figures = `${bytes(memory.modelsBytes)} of ${bytes(memory.budgetBytes)}`;
  setText(byId("memory-figures"), figures);
  byId("memory-bar").setAttribute("aria-label", `Models hold ${figures}`);
  const rest = `The program itself: ${bytes(memory.ownBytes)}. Free on this machine: ${bytes(memory.availableBytes)}.`;
  setText(byId("memory-reason"), `Budget ${memory.budgetReason}. ${rest}`);
}
