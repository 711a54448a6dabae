import { showCatalog } from "./catalog.js";
import { showChoices } from "./choices.js";
import { byId, setText } from "./dom.js";
import { duration } from "./format.js";
import "./hear.js";
import { History } from "./history.js";
import { follow } from "./live.js";
import { showMemory } from "./memory.js";
import { modelCards } from "./models.js";
import { showRequests } from "./requests.js";
import { offerVoices } from "./say.js";

const history = new History();
const showModels = modelCards(history);

function showTop({ phase, version, progress, ready, problem, warmUpMs }) {
  setText(byId("phase"), phase);
  byId("phase").dataset.stage = phase;
  setText(
    byId("version"),
    `${version}${warmUpMs === undefined ? "" : ` · ready ${duration(warmUpMs)} after the start`}`,
  );
  const bar = byId("progress");
  bar.hidden = ready || progress >= 1;
  bar.setAttribute("aria-valuenow", String(Math.round(progress * 100)));
  bar.firstElementChild.style.width = `${progress * 100}%`;
  byId("problem").hidden = problem === undefined;
  setText(byId("problem"), problem ?? "");
}

follow(
  (snapshot) => {
    history.note(snapshot);
    showTop(snapshot);
    showMemory(snapshot);
    showChoices(snapshot);
    showModels(snapshot);
    showRequests(snapshot);
    offerVoices(snapshot);
    showCatalog(snapshot);
  },
  (connected) => {
    byId("offline").hidden = connected;
  },
);
