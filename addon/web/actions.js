import { act } from "./api.js";
import { h } from "./dom.js";
import { t } from "./words.js";

const BUSY = ["downloading", "verifying", "extracting"];
const isOnDisk = ({ asset }) => asset.name === "present";
const isWorking = ({ asset, state }) => BUSY.includes(asset.name) || ["loading", "warming"].includes(state);

/** What can be done to a model, and when it makes sense. */
const ACTIONS = [
  {
    action: "pull",
    label: "Download",
    when: (model) => !isOnDisk(model) && !BUSY.includes(model.asset.name),
  },
  {
    action: "warm-up",
    label: "Warm up",
    when: (model) => model.state === "cold" && !BUSY.includes(model.asset.name),
  },
  { action: "retry", label: "Try again", when: ({ state }) => state === "failed" },
  { action: "unload", label: "Unload", when: ({ state }) => state === "ready" },
  { action: "pin", label: "Pin", when: ({ state, pinned }) => state === "ready" && !pinned },
  { action: "unpin", label: "Unpin", when: ({ pinned }) => pinned === true },
  {
    action: "remove",
    label: "Remove",
    confirm: "Delete its files? They can be downloaded again.",
    when: (model) => isOnDisk(model) && model.asset.bytes > 0 && !isWorking(model),
  },
];

/** The buttons of one model. */
export function actionButtons(id) {
  const buttons = ACTIONS.map(({ action, label, confirm: question }) => {
    const button = h("button", { type: "button", "data-action": action }, t(label));
    button.addEventListener("click", async () => {
      if (question && !confirm(`${id}: ${t(question)}`)) return;
      button.disabled = true;
      await act(id, action);
      button.disabled = false;
    });
    return button;
  });
  return {
    element: h("div", { class: "row actions", role: "group" }, ...buttons),
    update(model) {
      ACTIONS.forEach(({ when, label }, index) => {
        buttons[index].hidden = !when(model);
        buttons[index].setAttribute("aria-label", `${t(label)} ${model.title}`);
      });
    },
  };
}
