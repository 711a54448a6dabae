/** Pieces of a written sentence put together: no space after an apostrophe that elides: `l'` and `Entrée`. */
export function joinText(pieces: readonly string[]): string {
  return pieces.reduce((text, piece) => {
    if (text === "" || piece === "") return text + piece;
    return /\p{L}'$/u.test(text) ? text + piece : `${text} ${piece}`;
  }, "");
}
