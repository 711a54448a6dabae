import { ask } from "./api.js";
import { byId } from "./dom.js";
import { duration } from "./format.js";
import { toWav } from "./wav.js";
import { t } from "./words.js";

/** Longest recording, so that a forgotten one ends. */
const MAX_MS = 30_000;

const heard = byId("heard");
const note = byId("heard-note");
const drop = byId("drop");
const record = byId("record");

/** Counts what was asked, so that a late answer does not replace a newer one. */
let asked = 0;

async function transcribe(blob) {
  asked += 1;
  const mine = asked;
  heard.textContent = "";
  heard.classList.remove("bad");
  note.textContent = t("Listening …");
  const startMs = performance.now();
  try {
    const response = await ask("api/transcribe", {
      body: await toWav(blob),
      headers: { "content-type": "audio/wav" },
    });
    const { text, model } = await response.json();
    if (mine !== asked) return;
    heard.textContent = text === "" ? t("(nothing was said)") : text;
    note.textContent = [model, duration(performance.now() - startMs)].filter(Boolean).join(" · ");
  } catch (error) {
    if (mine !== asked) return;
    heard.textContent = error.message;
    heard.classList.add("bad");
    note.textContent = "";
  }
}

byId("file").addEventListener("change", ({ target }) => {
  const [file] = target.files;
  if (file) transcribe(file);
  target.value = "";
});
drop.addEventListener("dragover", (event) => {
  event.preventDefault();
  drop.classList.add("over");
});
drop.addEventListener("dragleave", () => drop.classList.remove("over"));
drop.addEventListener("drop", (event) => {
  event.preventDefault();
  drop.classList.remove("over");
  const [file] = event.dataTransfer.files;
  if (file) transcribe(file);
});

let recorder;
record.addEventListener("click", async () => {
  if (recorder?.state === "recording") return recorder.stop();
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    const pieces = [];
    recorder = new MediaRecorder(stream);
    const timer = setTimeout(() => recorder.stop(), MAX_MS);
    recorder.addEventListener("dataavailable", ({ data }) => pieces.push(data));
    recorder.addEventListener("stop", () => {
      clearTimeout(timer);
      for (const track of stream.getTracks()) track.stop();
      showRecording(false);
      transcribe(new Blob(pieces, { type: recorder.mimeType }));
    });
    recorder.start();
    showRecording(true);
  } catch (error) {
    explain(t("The microphone cannot be used: {0}", error.message));
  }
});

function showRecording(on) {
  record.textContent = on ? t("Stop and listen") : t("Record");
  record.setAttribute("aria-pressed", String(on));
  record.classList.toggle("live", on);
}

function explain(sentence) {
  byId("record-note").textContent = sentence;
  byId("record-note").hidden = false;
}

if (!navigator.mediaDevices?.getUserMedia) {
  record.disabled = true;
  explain(t("Browsers lend the microphone only to pages opened over https."));
}
