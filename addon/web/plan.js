import { ask } from "./api.js";
import { byId, h, keyedList, setText } from "./dom.js";
import { bytes, capability, duration } from "./format.js";
import { t } from "./words.js";

const loads = keyedList(
  byId("plan-loads"),
  () => {
    const title = h("b");
    const size = h("span", { class: "muted" });
    const why = h("p", { class: "muted" });
    return {
      element: h("li", {}, h("div", { class: "row" }, title, size), why),
      update({ title: name, readyBytes, source, ms, reason, insteadOf, download }) {
        setText(title, name);
        setText(size, `${bytes(readyBytes)} ${t(source)} · ${duration(ms)}`);
        const parts = [reason];
        if (insteadOf) parts.push(t("in place of {0}", insteadOf));
        if (download) {
          parts.push(t("downloaded before: {0}", bytes(download.bytes)));
          if (!download.reachable) parts.push(t("its source does not answer now"));
        }
        setText(why, parts.join(" · "));
      },
    };
  },
  ({ model }) => model,
);

const leftOut = keyedList(
  byId("plan-left-out"),
  () => {
    const title = h("b");
    const why = h("p", { class: "muted" });
    return {
      element: h("li", {}, title, why),
      update({ title: name, why: reason }) {
        setText(title, name);
        setText(why, reason);
      },
    };
  },
  ({ model }) => model,
);

const others = keyedList(
  byId("plan-others"),
  () => {
    const text = h("p", { class: "muted" });
    return {
      element: h("li", {}, text),
      update({ kind, id, why }) {
        setText(text, `${capability(kind)}: ${id} – ${why}`);
      },
    };
  },
  ({ kind, id }) => `${kind} ${id}`,
);

function show({ warmUp, answers, downloads, budgetBytes, budgetReason }) {
  const fetched = new Map(downloads.map((download) => [download.model, download]));
  loads(warmUp.loads.map((load) => ({ ...load, download: fetched.get(load.model) })));
  const total = t(
    "{0} of {1}, ready {2} after the start",
    bytes(warmUp.totalBytes),
    bytes(budgetBytes),
    duration(warmUp.totalMs),
  );
  setText(byId("plan-total"), warmUp.loads.length > 0 ? total : t("Nothing is loaded at the start."));
  setText(byId("plan-budget"), t("Budget {0}.", budgetReason));
  byId("plan-out").hidden = warmUp.leftOut.length === 0;
  leftOut(warmUp.leftOut);
  const rest = answers.flatMap(({ capability: kind, leftOut: not }) =>
    not.map((each) => ({ ...each, kind })),
  );
  byId("plan-more").hidden = rest.length === 0;
  others(rest);
}

/** Asks again only when something changed that a plan hangs on. */
let known;
let asking = false;

/** What the next start would load, and why. Follows settings, memory and the files on disk. */
export async function showPlan({ choices, settings, memory, models }) {
  const onDisk = models.filter(({ asset }) => asset.name === "present").map(({ id }) => id);
  const facts = JSON.stringify([choices, settings, memory.budgetBytes, onDisk]);
  if (facts === known || asking) return;
  asking = true;
  known = facts;
  try {
    show(await (await ask("api/plan", { method: "GET" })).json());
  } catch (error) {
    setText(byId("plan-total"), error.message);
  } finally {
    asking = false;
  }
}
