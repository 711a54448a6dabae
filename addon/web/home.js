import { ask } from "./api.js";
import { byId, h, keyedList, setText } from "./dom.js";
import { clockTime } from "./format.js";
import { t } from "./words.js";

/** Decisions shown, and how long what was read of the home is good for. */
const SHOWN = 8;
const FRESH_MS = 15_000;

const languages = keyedList(
  byId("home-languages"),
  () => {
    const title = h("b");
    const state = h("p", { class: "muted" });
    return {
      element: h("li", {}, title, state),
      update({ language, names, phrases, ready, model, why, problems }) {
        const counts = [t("{0} names", names.length)];
        if (phrases !== undefined) counts.push(t("{0} sentences", phrases.toLocaleString()));
        setText(title, `${language}: ${counts.join(", ")}`);
        const listens = ready ? t("{0} listens", model) : t("nobody listens: {0}", why);
        setText(state, [listens, ...problems].join(" · "));
      },
    };
  },
  ({ language }) => language,
);

const unknown = keyedList(
  byId("home-unknown"),
  () => {
    const word = h("b");
    const fate = h("span", { class: "muted" });
    return {
      element: h("li", {}, word, " ", fate),
      update({ word: written, names, respelled, suggestion }) {
        setText(word, written);
        const parts = [names.join(", ")];
        if (respelled !== undefined) parts.push(t("listened for as {0}", respelled));
        else parts.push(t("not understood"));
        if (respelled === undefined && suggestion !== undefined)
          parts.push(t("an alias such as {0} would be", suggestion));
        setText(fate, parts.filter(Boolean).join(" · "));
      },
    };
  },
  ({ word }) => word,
);

const decisions = keyedList(byId("home-decisions"), () => {
  const what = h("b");
  const detail = h("p", { class: "muted" });
  return {
    element: h("li", {}, what, detail),
    update({ startedAtMs, decided, model, why }) {
      setText(what, t(decided));
      setText(detail, [clockTime(startedAtMs), model, why].filter(Boolean).join(" · "));
    },
  };
});

function show(view) {
  byId("home-card").hidden = view.off !== undefined;
  languages(view.languages);
  const words = view.languages.flatMap(({ unknownWords }) => unknownWords);
  unknown(words);
  byId("home-words").hidden = words.length === 0;
  const problems = view.sources.filter(({ problem }) => problem !== undefined);
  const sources = problems.map(({ name, problem }) => `${name}: ${problem}`);
  byId("home-problem").hidden = sources.length === 0;
  setText(byId("home-problem"), sources.join(" "));
}

let known;
let readAtMs = Number.NEGATIVE_INFINITY;
let asking = false;

/** Names of this home, words no model knows, and what was a command lately and what was not. */
export async function showHome({ models, requests }) {
  const decided = requests.recent.filter((trace) => trace.decided !== undefined).slice(0, SHOWN);
  decisions(decided);
  byId("home-recent").hidden = decided.length === 0;
  const facts = JSON.stringify(
    models.filter(({ capability }) => capability === "stt").map(({ state }) => state),
  );
  if (asking || (facts === known && performance.now() - readAtMs < FRESH_MS)) return;
  asking = true;
  known = facts;
  try {
    show(await (await ask("api/home", { method: "GET" })).json());
  } catch (error) {
    byId("home-problem").hidden = false;
    setText(byId("home-problem"), error.message);
  } finally {
    readAtMs = performance.now();
    asking = false;
  }
}
