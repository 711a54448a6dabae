import { ask } from "./api.js";
import { byId, h } from "./dom.js";
import { duration } from "./format.js";
import { t } from "./words.js";

const player = byId("said");
const note = byId("said-note");
const voices = byId("say-voice");
let address;

byId("say").addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = event.submitter ?? event.target.querySelector("button");
  button.disabled = true;
  note.textContent = t("Speaking …");
  note.classList.remove("bad");
  const startMs = performance.now();
  try {
    const response = await ask("api/say", {
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ text: byId("say-text").value, voice: voices.value }),
    });
    if (address) URL.revokeObjectURL(address);
    address = URL.createObjectURL(await response.blob());
    player.src = address;
    player.hidden = false;
    note.textContent = t("Ready after {0}", duration(performance.now() - startMs));
    // A browser may want a click on the player itself; it is there.
    await player.play().catch(() => undefined);
  } catch (error) {
    note.textContent = error.message;
    note.classList.add("bad");
  } finally {
    button.disabled = false;
  }
});

/** The voices that could speak: those at hand first. */
export function offerVoices({ models }) {
  const usable = models.filter(({ capability }) => capability === "tts");
  const key = usable.map(({ id, asset }) => `${id}${asset.name === "present"}`).join();
  if (voices.dataset.key === key) return;
  voices.dataset.key = key;
  const chosen = voices.value;
  const group = (label, present) => {
    const options = usable
      .filter(({ asset }) => (asset.name === "present") === present)
      .map(({ id, title }) => h("option", { value: id }, title));
    return options.length > 0 ? [h("optgroup", { label }, ...options)] : [];
  };
  voices.replaceChildren(
    h("option", { value: "" }, t("chosen for the text")),
    ...group(t("At hand"), true),
    ...group(t("Downloaded first"), false),
  );
  voices.value = chosen;
}
