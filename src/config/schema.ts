import {
  bool,
  float,
  hidden,
  int,
  keepAlive,
  list,
  map,
  match,
  names,
  type Option,
  oneOf,
  onPage,
  ports,
  secret,
  str,
} from "./option.js";
import { PROVIDER_OPTIONS } from "./provider-options.js";
import { schedules } from "./schedules.js";

/** A branch or leaf of the option tree. */
export type OptionTree = { readonly [key: string]: OptionTree | Option<unknown> };

/** The values of an option tree. */
export type Values<Tree> = {
  readonly [Key in keyof Tree]: Tree[Key] extends Option<infer T> ? T : Values<Tree[Key]>;
};

const BUDGET = /^(auto|\d{1,3}(\.\d+)?\s*%|\d+(\.\d+)?\s*([KMG]i?B?|B))$/i;
const TOKEN = /^([\x21-\x7e]{12,200})?$/;
const LANGUAGE = /^[A-Za-z]{2,3}([_-][A-Za-z0-9]{2,8})*$/;

/** Every option of the program, once: parser, checks, types and documentation come from here. */
export const OPTIONS = {
  language: onPage(
    "language",
    match(
      "en",
      LANGUAGE,
      "a language code such as en, de or pt-BR",
      "Language spoken and answered when a request names none.",
    ),
  ),
  memory_budget: onPage(
    "memory_budget",
    match(
      "auto",
      BUDGET,
      "auto, a share such as 60%, or a size such as 900MB",
      "Memory all models together may hold.",
    ),
  ),
  preload: onPage(
    "preload",
    bool(
      true,
      "Load and warm the models chosen for the language at start; false leaves that to preload_models of each provider.",
    ),
  ),
  stt: onPage(
    "stt",
    names(
      "auto",
      "Speech-to-text model: auto, a provider (moonshine) or a model id (whisper/tiny). Several, best first (vosk, whisper), all hear every utterance, and the best-ranked confident answer counts; see racing.",
    ),
  ),
  tts: onPage("tts", str("auto", "Voice: auto, a provider (espeak) or a model id.")),
  wake_words: onPage(
    "wake_words",
    list(
      [],
      "Wake words to have ready, such as hey_jarvis; they also serve peers that name none. Empty chooses none, as all known models forbid commercial use: naming a word accepts its licence, which the log states before the download.",
    ),
  ),
  data_dir: str("data", "Folder for models, learned figures and state."),
  request_deadline_seconds: int(
    120,
    1,
    3600,
    "Longest wait of a request for download, memory and load together.",
  ),
  keep_alive: onPage(
    "keep_alive",
    keepAlive("Seconds an idle model stays in memory; -1 keeps it for as long as memory allows."),
  ),
  threads: int(0, 0, 64, "Threads of one model; 0 chooses by the number of cores."),
  max_parallel: int(
    0,
    0,
    64,
    "Utterances decoded at once; others wait their turn, and peers take turns. 0 takes four, or as many as there are cores.",
  ),
  max_waiting: int(
    64,
    0,
    1000,
    "Utterances that may wait for their turn; further ones are refused as busy at once.",
  ),
  racing: {
    patience_seconds: float(
      2,
      0,
      60,
      "With several models in stt: how long after the end of speech a better-ranked answer is waited for.",
    ),
    min_confidence: float(
      0.6,
      0,
      1,
      "With several models in stt: how sure a model must be of its answer for it to count; models that cannot tell are believed.",
    ),
  },
  text: {
    case: oneOf(
      "keep",
      ["keep", "lower", "upper"],
      "Letters of recognised text: as the model writes them, all small, or all capital.",
    ),
    punctuation: bool(
      true,
      "Keep the punctuation of recognised text. false removes it, but not what belongs to a word or number (don't, 3.5, 10:30).",
    ),
    numbers: oneOf(
      "keep",
      ["keep", "digits"],
      "Numbers in recognised text: as the model writes them, or in digits (50%, 21.5, 7:30), in English, German, French, Spanish and Russian.",
    ),
  },
  home: {
    commands: onPage(
      "commands",
      bool(
        true,
        "Listen for commands with the names of this home (turn on Standing Light) first, and write down as usual what is none. Works with stt: auto, where a Vosk model of the language fits into memory beside the others.",
      ),
    ),
    file: str(
      "",
      "YAML file with the names of this home by language and kind, besides those that Home Assistant exposes to voice; read again when it changes.",
    ),
    sentences: str(
      "",
      "Folder with sentence templates of your own, read again when they change; empty takes sentences in the data folder, in the add-on /config/sentences.",
    ),
  },
  schedules: onPage("schedules", schedules("What happens to models at a time of day.")),
  wyoming: {
    host: str("0.0.0.0", "Address the Wyoming port listens on."),
    port: int(10300, 0, 65535, "Wyoming port; 0 takes any free one."),
    max_connections: int(64, 1, 1024, "Connections at once."),
    endpointing: bool(
      false,
      "Find the end of speech here and answer before the audio ends; Home Assistant then does not look for it.",
    ),
    max_audio_seconds: int(120, 1, 3600, "Longest audio of one request."),
    extra_ports: ports(
      "Further ports that each serve one provider or model as an entity of its own in Home Assistant, by name (vosk: 10301).",
    ),
    zeroconf: bool(
      false,
      "Announce the Wyoming ports on the local network, so that Home Assistant finds them. Never inside an add-on, which the Supervisor announces.",
    ),
  },
  http: {
    enabled: bool(true, "Whether status and control are served over HTTP."),
    host: str(
      "127.0.0.1",
      "Address the HTTP port listens on. One that other machines reach is refused without a token, except inside an add-on.",
    ),
    port: int(8099, 0, 65535, "HTTP port; 0 takes any free one."),
    token: hidden(
      match(
        "",
        TOKEN,
        "12 to 200 letters, digits and signs without spaces, or nothing",
        "What HTTP requests must carry as `Authorization: Bearer TOKEN`, or as the password a browser asks for; empty asks for none. Home Assistant's sidebar needs none.",
      ),
    ),
  },
  mqtt: {
    enabled: bool(true, "Whether sensors are published over MQTT."),
    url: onPage(
      "mqtt_url",
      str(
        "",
        "Broker address, mqtt://host:1883 or mqtts://host:8883; empty takes Home Assistant's own inside an add-on, else runs one here.",
      ),
    ),
    username: onPage("mqtt_username", str("", "User at the broker.")),
    password: onPage("mqtt_password", secret("", "Password at the broker.")),
    host: str("127.0.0.1", "Address the embedded broker listens on."),
    port: int(
      1883,
      0,
      65535,
      "Port of the embedded broker; the next free one is taken when it is busy, 0 takes any.",
    ),
    base_topic: match(
      "irene_edge",
      /^[^+#/\s][^+#\s]*$/,
      "a topic without + and #",
      "Topic below which states are published.",
    ),
    text_events: onPage(
      "text_events",
      bool(false, "Publish recognised text as an event. It is what is said at home: off unless wanted."),
    ),
    controls: bool(true, "Offer buttons, selects and numbers in Home Assistant."),
    discovery_prefix: match(
      "homeassistant",
      /^[^+#/\s][^+#\s]*$/,
      "a topic without + and #",
      "Discovery prefix of Home Assistant.",
    ),
  },
  hermes: {
    enabled: bool(true, "Whether Hermes satellites (Rhasspy, ESP32) are served over MQTT."),
    sites: list([], "Sites served; empty serves all."),
    conversation: oneOf(
      "auto",
      ["auto", "home_assistant", "none"],
      "Who answers satellites: home_assistant, or none to leave it to whoever hears hermes/nlu/query; auto asks Home Assistant inside an add-on.",
    ),
    wake_words: list(
      [],
      "Wake words listened for at Hermes satellites; empty listens for those of the general option.",
    ),
    wake_sound: bool(
      false,
      "Play a short sound at a Hermes satellite that heard its wake word, before it listens.",
    ),
  },
  local_audio: {
    enabled: onPage(
      "local_audio",
      bool(
        false,
        "Use the microphone and speaker of this machine: it becomes a satellite of its own. Inside an add-on the devices are chosen on its page, under Audio.",
      ),
    ),
    microphone: str(
      "",
      "Microphone, as `irene audio devices` lists it; empty takes the default one of the sound server.",
    ),
    speaker: str("", "Speaker, as `irene audio devices` lists it; empty takes the default one."),
    backend: oneOf(
      "auto",
      ["auto", "naudiodon", "pulse", "alsa"],
      "Way to the sound hardware: naudiodon (PortAudio), pulse (parec, pacat) or alsa (arecord, aplay); auto takes the first that works.",
    ),
    site_id: match(
      "board",
      /^[^+#/\s]{1,64}$/,
      "a name without spaces, +, # and /",
      "Name of this machine among the satellites.",
    ),
    volume: int(
      100,
      0,
      100,
      "Loudness of the speaker in percent; what is set in Home Assistant is kept and wins.",
    ),
    chime: bool(true, "Play a short sound when the wake word was heard."),
    barge_in: bool(true, "Listen for wake words while this machine speaks, so that it can be interrupted."),
    satellite_port: int(
      0,
      0,
      65535,
      "Port on which Home Assistant can adopt this machine as a Wyoming satellite, usually 10700; 0 for none. While it does, Home Assistant leads the dialogue.",
    ),
  },
  models: {
    offline: bool(false, "Never use the network; only models already on disk."),
    mirror: str("", "Address that replaces https://huggingface.co in downloads."),
    allow_http: bool(false, "Allow downloads without encryption."),
    max_kbytes_per_second: int(0, 0, 10_000_000, "Download speed limit; 0 for none."),
    catalog_dir: str("", "Folder with the model catalog; empty takes the one that comes with the program."),
    folders: map("Local folder with a model's files, by model id; taken instead of any download."),
  },
  audio: {
    trim_silence: bool(true, "Cut silence around an utterance before models that lose accuracy with it."),
    speech_threshold: float(0.5, 0.05, 0.95, "Probability from which a frame counts as speech."),
  },
  answers: {
    cache_mbytes: int(
      0,
      0,
      1024,
      "Memory for sentences spoken before, so that they sound at once; 0 keeps none.",
    ),
  },
  log: {
    level: onPage(
      "log_level",
      oneOf(
        "info",
        ["debug", "info", "warn", "error"],
        "How much to log; recognised text appears only at debug.",
      ),
    ),
    format: oneOf("text", ["text", "json"], "Log lines for people or for machines."),
  },
  providers: PROVIDER_OPTIONS,
} as const satisfies OptionTree;

/** All settings after files, environment and flags, checked. */
export type Config = Values<typeof OPTIONS>;

/** Path to leaf, as `mqtt.port`. */
export function leaves(tree: OptionTree = OPTIONS, prefix = ""): ReadonlyMap<string, Option<unknown>> {
  const found = new Map<string, Option<unknown>>();
  for (const [key, node] of Object.entries(tree)) {
    const path = `${prefix}${key}`;
    if (isOption(node)) found.set(path, node);
    else for (const [below, leaf] of leaves(node, `${path}.`)) found.set(below, leaf);
  }
  return found;
}

/** True for a leaf of the tree. */
export const isOption = (node: OptionTree | Option<unknown>): node is Option<unknown> =>
  typeof node["format"] === "function";
