import { cutText } from "./cut-text.js";
import { decodeEntities } from "./ssml.js";

interface OpenTag {
  readonly name: string;
  readonly tag: string;
}

/**
 * An SSML document in pieces of at most `limit` spoken characters, each a document of its own: tags open at a cut are
 * closed before it and opened again after it. Text is cut where `cutText` would.
 */
export function splitSsml(ssml: string, limit: number): readonly string[] {
  const writer = new PieceWriter(limit);
  for (const [token] of ssml.matchAll(/<!--[\s\S]*?-->|<[^<>]*>|[^<]+|</gu)) {
    if (token.startsWith("<") && token.endsWith(">")) writer.tag(token);
    else writer.text(token);
  }
  return writer.finish();
}

class PieceWriter {
  readonly #limit: number;
  readonly #pieces: string[] = [];
  readonly #open: OpenTag[] = [];
  #body = "";
  #spoken = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  tag(tag: string): void {
    const name = /^<\/?\s*([\w:-]+)/u.exec(tag)?.[1];
    if (name === undefined || name === "speak" || tag.startsWith("<!") || tag.startsWith("<?")) return;
    if (tag.startsWith("</")) {
      // A stray closing tag would make every later piece ill-formed.
      if (this.#open.at(-1)?.name !== name) return;
      this.#open.pop();
    } else if (!tag.endsWith("/>")) {
      this.#open.push({ name, tag });
    }
    this.#body += tag;
  }

  text(text: string): void {
    const words = text.replace(/\s+/gu, " ");
    if (words.trim() === "") {
      this.#body += " ";
      return;
    }
    const lead = words.startsWith(" ") ? " " : "";
    const room = this.#limit - this.#spoken;
    if (words.length <= room) {
      this.#say(words);
      return;
    }
    if (this.#spoken > 0 && words.length <= this.#limit) this.#cut();
    cutText(words, this.#limit).forEach((part, index) => {
      const space = index > 0 ? " " : lead;
      if (this.#spoken > 0 && this.#spoken + space.length + part.length > this.#limit) this.#cut();
      this.#say(this.#spoken === 0 ? part : space + part);
    });
    if (words.endsWith(" ")) this.#body += " ";
  }

  finish(): readonly string[] {
    if (this.#spoken > 0) this.#cut();
    return this.#pieces;
  }

  #say(text: string): void {
    this.#body += escapeBare(text);
    this.#spoken += text.length;
  }

  #cut(): void {
    const closing = [...this.#open].reverse().map(({ name }) => `</${name}>`);
    this.#pieces.push(`<speak>${this.#body.trim()}${closing.join("")}</speak>`);
    this.#body = this.#open.map(({ tag }) => tag).join("");
    this.#spoken = 0;
  }
}

/** Parsers of the engines stumble over `&` and `<`, even as entities. */
function escapeBare(text: string): string {
  return decodeEntities(text).replace(/[<>&]/gu, " ");
}
