import { byId } from "./dom.js";
import { t } from "./words.js";

/** Asks the program; addresses are relative, so that they hold behind a proxy too. */
export async function ask(path, options = {}) {
  const response = await fetch(path, { method: "POST", ...options });
  if (response.ok) return response;
  const body = await response.json().catch(() => ({}));
  throw new Error(body.error?.message ?? t("The program answered {0}.", response.status));
}

/** Does something to a model; a failure is shown, not thrown. */
export async function act(model, action) {
  try {
    await ask(`api/models/${model.split("/").map(encodeURIComponent).join("/")}/${action}`);
  } catch (error) {
    tell(error.message);
  }
}

let timer;
/** Shows a sentence for a while. */
export function tell(sentence) {
  const toast = byId("toast");
  toast.textContent = sentence;
  toast.hidden = false;
  clearTimeout(timer);
  timer = setTimeout(() => {
    toast.hidden = true;
  }, 8000);
}
