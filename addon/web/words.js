const OTHERS = { ru: () => import("./ru.js") };

const wanted = (navigator.languages ?? [navigator.language]).map((code) => code.split("-")[0]);

/** The language of the page: the first of the browser's that it knows. */
export const locale = wanted.find((code) => code === "en" || code in OTHERS) ?? "en";

const words = locale in OTHERS ? (await OTHERS[locale]()).WORDS : {};

/** A sentence in the user's language, with what belongs into it: `t("{0} of {1}", 3, 4)`. English is the key. */
export function t(sentence, ...values) {
  return (words[sentence] ?? sentence).replace(/\{(\d)\}/g, (_, index) => values[index]);
}

/** Translates what stands in the page itself: the text of `data-t`, the labels of `data-t-label`. */
export function translatePage() {
  document.documentElement.lang = locale;
  for (const element of document.querySelectorAll("[data-t]")) {
    element.textContent = t(element.textContent.trim());
  }
  for (const element of document.querySelectorAll("[data-t-label]")) {
    element.setAttribute("aria-label", t(element.getAttribute("aria-label")));
  }
}
