import { tell } from "./api.js";
import { showCatalog } from "./catalog.js";
import { showChoices } from "./choices.js";
import { byId, setText } from "./dom.js";
import { duration } from "./format.js";
import "./hear.js";
import { History } from "./history.js";
import { showHome } from "./home.js";
import { follow } from "./live.js";
import { showMemory } from "./memory.js";
import { modelCards } from "./models.js";
import { showPlan } from "./plan.js";
import { showRequests } from "./requests.js";
import { offerVoices } from "./say.js";
import { t, translatePage } from "./words.js";

translatePage();
const history = new History();
const showModels = modelCards(history);

function showTop({ phase, version, progress, ready, problem, warmUpMs }) {
  setText(byId("phase"), t(phase));
  byId("phase").dataset.stage = phase;
  setText(
    byId("version"),
    [version, warmUpMs !== undefined && t("ready {0} after the start", duration(warmUpMs))]
      .filter(Boolean)
      .join(" · "),
  );
  const bar = byId("progress");
  bar.hidden = ready || progress >= 1;
  bar.setAttribute("aria-valuenow", String(Math.round(progress * 100)));
  bar.firstElementChild.style.width = `${progress * 100}%`;
  byId("problem").hidden = problem === undefined;
  setText(byId("problem"), problem ?? "");
}

/** Time passes for the models' lives also while nothing happens. */
const PASS_MS = 5_000;

let newest;
let newestAtMs = 0;
/** What happened before is asked for once for each connection. Without it the page shows what it sees itself. */
let looksBack = true;

function showLives() {
  if (newest) showModels({ ...newest, atMs: newest.atMs + performance.now() - newestAtMs });
}

function show(snapshot) {
  newest = snapshot;
  newestAtMs = performance.now();
  history.note(snapshot);
  showTop(snapshot);
  showMemory(snapshot);
  showChoices(snapshot);
  showLives();
  showPlan(snapshot);
  showHome(snapshot);
  showRequests(snapshot);
  offerVoices(snapshot);
  showCatalog(snapshot);
  if (!looksBack) return;
  looksBack = false;
  history.load().then(showLives, (error) => tell(error.message));
}

follow(show, (connected) => {
  byId("offline").hidden = connected;
  if (!connected) looksBack = true;
});
setInterval(() => looksBack || showLives(), PASS_MS);
