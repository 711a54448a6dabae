import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { systemClock } from "../../base/clock.js";
import { EngineError } from "../../base/errors.js";
import { cutText } from "../../text/cut-text.js";
import { SentenceSplitter } from "../../text/sentences.js";
import { Lane } from "../lane.js";
import type { EspeakBackEnd, EspeakOrder } from "./back-end.js";
import type { FromWasm, ToWasm } from "./wasm-messages.js";
import type { WavPiece } from "./wav-samples.js";

const ENTRY = fileURLToPath(new URL("./espeak-wasm-main.js", import.meta.url));

/** The process makes a minute of sound within seconds; one that takes longer hangs. */
const ANSWER_LIMIT_MS = 60_000;

/** All sound of a piece is kept until it is complete. */
const PIECE_CHARACTERS = 400;

/**
 * eSpeak NG's WebAssembly build in a process of its own, which is started when it is needed. Requests take turns, one
 * sentence each; one that is given up ends the process, since nothing else can interrupt it.
 */
export class EspeakWasm implements EspeakBackEnd {
  readonly name = "eSpeak NG as WebAssembly";
  readonly #module: string;
  readonly #turns = new Lane();
  #child: ChildProcess | undefined;

  /** @param module path of the build's `espeak-ng.mjs`, its data beside it */
  constructor(module: string) {
    this.#module = module;
  }

  async listVoices(): Promise<string> {
    try {
      const [answer] = await this.#ask({ kind: "voices" }, new AbortController().signal);
      return answer?.kind === "voices" ? answer.listing : "";
    } catch (error) {
      throw new EngineError("engine-load-failed", `${this.name} does not list its voices; get it anew.`, {
        cause: error,
      });
    }
  }

  async *speak(order: EspeakOrder, signal: AbortSignal): AsyncGenerator<WavPiece> {
    for (const text of order.ssml ? [order.text] : inPieces(order.text)) {
      const answers = await this.#ask({ kind: "speak", order: { ...order, text } }, signal);
      for (const answer of answers) if (answer.kind === "sound" && !signal.aborted) yield answer;
    }
  }

  close(): void {
    this.#child?.kill("SIGKILL");
    this.#child = undefined;
  }

  /** All answers to one request; none when the signal aborts. @throws {EngineError} `engine-failed` */
  #ask(request: ToWasm, signal: AbortSignal): Promise<readonly FromWasm[]> {
    return this.#turns.run(async () => {
      if (signal.aborted) return [];
      const answers = await this.#exchange(this.#running(), request, signal);
      const last = answers.at(-1);
      if (last?.kind === "failed") {
        throw new EngineError("engine-failed", `${this.name} could not speak: ${last.message}`);
      }
      return answers;
    });
  }

  #exchange(child: ChildProcess, request: ToWasm, signal: AbortSignal): Promise<readonly FromWasm[]> {
    const answers: FromWasm[] = [];
    return new Promise((resolve, reject) => {
      const settle = (failure?: EngineError) => {
        timer.cancel();
        child.off("message", onMessage).off("close", onClose);
        signal.removeEventListener("abort", giveUp);
        if (failure) reject(failure);
        else resolve(answers);
      };
      const onMessage = (answer: FromWasm) => {
        answers.push(answer);
        if (answer.kind !== "sound") settle();
      };
      const onClose = () => {
        this.close();
        settle(new EngineError("engine-failed", "The eSpeak process ended while it spoke; try again."));
      };
      // What is still to come belongs to nobody.
      const giveUp = () => {
        this.close();
        settle();
      };
      const timer = systemClock.after(ANSWER_LIMIT_MS, () => {
        this.close();
        settle(new EngineError("engine-failed", "eSpeak did not answer for a minute and was ended."));
      });
      child.on("message", onMessage).once("close", onClose);
      signal.addEventListener("abort", giveUp, { once: true });
      child.send(request);
    });
  }

  #running(): ChildProcess {
    const { connected, exitCode, signalCode } = this.#child ?? {};
    if (this.#child && connected && exitCode === null && signalCode === null) return this.#child;
    const child = fork(ENTRY, [this.#module], {
      // Nothing of ours is its business.
      env: {},
      execArgv: [],
      serialization: "advanced",
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    // Its end tells whoever waits; nobody else has to know.
    child.on("error", () => undefined);
    this.#child = child;
    return child;
  }
}

/** Sentences, so that the first sounds while the others are made. */
function inPieces(text: string): readonly string[] {
  const splitter = new SentenceSplitter();
  return [...splitter.push(text), ...splitter.flush()]
    .flatMap((sentence) => cutText(sentence, PIECE_CHARACTERS))
    .filter((piece) => /[\p{L}\p{N}]/u.test(piece));
}
