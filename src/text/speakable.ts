import { baseLanguage } from "./language.js";
import { decodeEntities } from "./ssml.js";

/** Words for the characters of addresses. */
interface AddressWords {
  readonly dot: string;
  readonly at: string;
}

const ADDRESS_WORDS: Readonly<Record<string, AddressWords>> = {
  en: { dot: "dot", at: "at" },
  ru: { dot: "точка", at: "собака" },
  de: { dot: "Punkt", at: "at" },
  fr: { dot: "point", at: "arobase" },
  es: { dot: "punto", at: "arroba" },
};
const ENGLISH: AddressWords = { dot: "dot", at: "at" };

/** Pictures, their joiners and colours, flags and keycaps. Digits and signs like © are not pictures. */
const PICTURES =
  /(?![\d©®™#*‼⁉↔-↪])(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|[\u{1F1E6}-\u{1F1FF}])|[\u200D\uFE0E\uFE0F\u20E3]|[\u{E0020}-\u{E007F}]/gu;
const EMOTICONS = /(?<=^|\s)(?:[:;=8][-']?[()DPpOo3/\\|*]|<3|\^_\^|[xX]D)(?=\s|[.,!?]|$)/gu;

/**
 * Text as it should be read aloud: Markdown, HTML and pictures gone, addresses shortened to what a person would say.
 * Numbers and abbreviations are left to the speller of the language.
 * @param language code for the words in addresses ("example dot com"); unknown ones get the English words
 */
export function speakable(text: string, language = "en"): string {
  const words = ADDRESS_WORDS[baseLanguage(language)] ?? ENGLISH;
  const lines = withoutHtml(withoutCode(text)).split(/\r?\n/u).map(plainLine);
  return joinLines(lines.map((line) => sayAddresses(line, words)))
    .replace(EMOTICONS, " ")
    .replace(PICTURES, " ")
    .replace(/[\u200B\u2060\uFEFF\u00AD]/gu, "")
    .replace(/[ \t\u00A0]+/gu, " ")
    .replace(/ +([.,;:!?])(?=\s|$)/gu, "$1")
    .replace(/([.!?])(?:\s*\.)+(?=\s|$)/gu, "$1")
    .trim();
}

function withoutCode(text: string): string {
  // A block of code is not for ears; inline code is usually a name.
  return text
    .replace(/^[ \t]*(```|~~~)[\s\S]*?(?:^[ \t]*\1[ \t]*$|$(?![\s\S]))/gmu, "\n")
    .replace(/`+([^`\n]+)`+/gu, "$1");
}

function withoutHtml(text: string): string {
  return decodeEntities(
    text
      .replace(/<!--[\s\S]*?-->/gu, " ")
      .replace(/<(script|style)\b[\s\S]*?<\/\1\s*>/giu, " ")
      .replace(/<br\s*\/?>|<\/(?:p|div|li|h[1-6]|tr)\s*>/giu, "\n")
      .replace(/<\/?[a-z][^<>]*>/giu, ""),
  );
}

function plainLine(line: string): string {
  if (/^\s*(?:[-*_]\s*){3,}$|^\s*\|?\s*:?-{2,}[-:|\s]*$|^\s*=+\s*$/u.test(line)) return "";
  return line
    .replace(/^\s*(?:>\s*)+/u, "")
    .replace(/^\s*#{1,6}\s+(.*?)\s*#*\s*$/u, "$1")
    .replace(/^\s*(?:[-*+•▪◦–]|\[[ xX]\])\s+(?:\[[ xX]\]\s+)?/u, "")
    .replace(/!?\[([^\]]*)\]\((?:[^()]|\([^()]*\))*\)/gu, "$1")
    .replace(/!?\[([^\]]+)\]\[[^\]]*\]/gu, "$1")
    .replace(/\[\^[^\]]+\]/gu, "")
    .replace(/(\*\*\*|\*\*|~~|__)(?=\S)(.*?\S)\1/gu, "$2")
    .replace(/(?<![\p{L}\p{N}*])\*(?=\S)([^*]*?\S)\*(?![\p{L}\p{N}*])/gu, "$1")
    .replace(/(?<![\p{L}\p{N}_])_(?=\S)([^_]*?\S)_(?![\p{L}\p{N}_])/gu, "$1")
    .replace(/^\s*\|(.*)\|\s*$/u, (_, cells: string) =>
      cells
        .split("|")
        .map((cell) => cell.trim())
        .join(", "),
    )
    .replace(/\\([\\`*_{}[\]()#+.!|-])/gu, "$1");
}

/** A list item or heading without a full stop would run into the next one. */
function joinLines(lines: readonly string[]): string {
  const said = lines.map((line) => line.trim()).filter((line) => line !== "");
  return said
    .map((line, index) => (index < said.length - 1 && /[\p{L}\p{N})"»”%°]$/u.test(line) ? `${line}.` : line))
    .join(" ");
}

function sayAddresses(line: string, { dot, at }: AddressWords): string {
  const dots = (name: string) => name.replaceAll(".", ` ${dot} `);
  return line
    .replace(
      /<?(?:mailto:)?([\w.+-]+)@([\w-]+(?:\.[\w-]+)+)>?/giu,
      (_, user: string, host: string) => `${dots(user)} ${at} ${dots(host)}`,
    )
    .replace(
      /<?\b(?:https?|ftp|wss?|rtsp|mqtts?):\/\/(?:[^\s/@<>]*@)?(?:www\.)?([^\s/:?#<>"']+)(?::\d+)?([^\s<>"']*)/giu,
      (_, host: string, rest: string) =>
        dots(host.replace(/[.,;!?]+$/u, "")) + (/[.,;!?]+$/u.exec(rest === "" ? host : rest)?.[0] ?? ""),
    )
    .replace(/(?<![\p{L}\p{N}.@])www\.([\w-]+(?:\.[\w-]+)+)(?:\/[^\s<>"']*)?/giu, (_, host: string) =>
      dots(host),
    )
    .replace(
      /(?<![\p{L}\p{N}.@])((?:[a-z\d-]+\.)+(?:com|org|net|ru|de|fr|es|io|dev|info|local|eu|uk|ua|by|kz|рф))(?![\p{L}\p{N}])(?:\/[^\s<>"']*)?/giu,
      (_, host: string) => dots(host),
    );
}
