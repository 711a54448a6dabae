import type { Command } from "commander";
import type { UnknownWord } from "../../engines/capability.js";
import { NAME_KINDS } from "../../home/names.js";
import type { HomeLanguage, HomeTest, HomeView } from "../../sessions/home.js";
import type { House } from "../house.js";
import type { CommandCall, CommandLine } from "./command-line.js";
import { textFlags } from "./text-flags.js";

/** `irene home …`. */
export function addHomeCommands(program: Command, line: CommandLine): void {
  const home = program
    .command("home")
    .description("What this home is called, and the commands it understands");
  line.addHouseCommand(
    home.command("show").description("Names by kind, who listens for commands, and words that are not known"),
    { flags: "voice", run: showHome },
  );
  line.addHouseCommand(
    home
      .command("test")
      .description("Tell which command a sentence would be taken for, if exactly these words were heard")
      .argument("<sentence>"),
    { flags: "voice", run: testSentence },
  );
}

/** `irene home show`. */
async function showHome(house: House, { output }: CommandCall): Promise<undefined> {
  const view = await house.home();
  output.line(output.json ? JSON.stringify(view, null, 2) : homeText(view));
}

/** `irene home test "turn on the lamp"`. */
async function testSentence(house: House, { args, flags, output }: CommandCall): Promise<undefined> {
  const { language } = textFlags(flags, ["language"]);
  const found = await house.testSentence(args.join(" "), language);
  output.line(output.json ? JSON.stringify(found, null, 2) : homeTestText(found));
}

/** What a sentence would be taken for, in plain words. */
export function homeTestText({ decision, text, intent, distance, why }: HomeTest): string {
  const nearest =
    text === "" ? "no sentence is near" : `nearest is ${intent}, distance ${distance.toFixed(2)}`;
  return decision === "accept"
    ? `${text}\n  taken for a command: ${why}; ${nearest}`
    : `${text === "" ? "(none)" : text}\n  dictated instead: ${why}; ${nearest}`;
}

/** The home in plain words. */
export function homeText({ off, sources, languages }: HomeView): string {
  if (off !== undefined) return off;
  return [
    sources.length === 0
      ? "Names come from nowhere: set home.file, or run as an add-on of Home Assistant."
      : `Names come from ${sources.map(({ name }) => name).join(" and ")}.`,
    ...sources.flatMap(({ name, problem }) => (problem === undefined ? [] : [`  ${name}: ${problem}`])),
    ...languages.flatMap((language) => ["", ...languageLines(language)]),
  ].join("\n");
}

function languageLines(view: HomeLanguage): readonly string[] {
  const { language, names, phrases, problems, model, ready, why, unknownWords } = view;
  const several = new Set(names.map(({ source }) => source)).size > 1;
  const kinds = NAME_KINDS.flatMap((kind) => {
    const own = names.filter((each) => each.kind === kind);
    const shown = own.map(({ name, source }) => (several ? `${name} (${source})` : name));
    return own.length === 0 ? [] : [`  ${kind}: ${shown.join(", ")}`];
  });
  const sentences = phrases === undefined ? "sentences not made yet" : `${phrases} sentences`;
  const listens = ready ? `${model} listens` : `nobody listens: ${why}`;
  return [
    `${language}: ${names.length} names, ${sentences}; ${listens}`,
    ...kinds,
    ...unknownWords.map((word) => `  ${unknownWordText(word)}`),
    ...problems.map((problem) => `  ${problem}`),
  ];
}

/** What becomes of a word the model does not know. */
export function unknownWordText({ word, names, respelled, suggestion }: UnknownWord): string {
  const where = names.length > 0 ? ` (${names.join(", ")})` : "";
  if (respelled !== undefined) return `not known: ${word}${where}, listened for as "${respelled}"`;
  const advice = suggestion === undefined ? "" : `; an alias such as "${suggestion}" would be`;
  return `not known: ${word}${where}, not understood${advice}`;
}
