import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type DialogueEffect,
  type DialogueInput,
  type DialogueRules,
  type DialogueState,
  noDialogues,
  step,
} from "../../../src/gateways/hermes/dialogue.js";

const RULES: DialogueRules = {
  answers: true,
  stageMs: 30_000,
  sayMs: () => 10_000,
  groupSeparator: ".",
  maxQueued: 2,
  bargeIn: () => false,
  chimesItself: () => false,
  chimeMs: undefined,
};

/** A dialogue manager that notes what it does as short lines. */
class Manager {
  state: DialogueState = noDialogues("say");
  readonly #rules: DialogueRules;

  constructor(rules: Partial<DialogueRules> = {}) {
    this.#rules = { ...RULES, ...rules };
  }

  take(input: DialogueInput): readonly string[] {
    const { state, effects } = step(this.state, input, this.#rules);
    this.state = state;
    return effects.map(lineOf);
  }

  wake(siteId = "kitchen", newId = "1") {
    const detected = {
      wakewordId: "jarvis",
      modelId: "jarvis",
      modelVersion: "",
      modelType: "universal",
      currentSensitivity: 1,
      siteId,
    } as const;
    return this.take({ type: "detected", detected, newId });
  }

  start(init: object, newId = "1", siteId = "kitchen") {
    const full = { type: "action", canBeEnqueued: true, sendIntentNotRecognized: false, ...init } as never;
    return this.take({ type: "start", request: { siteId, init: full }, newId });
  }

  hear(text: string, sessionId = "kitchen-jarvis-1") {
    return this.take({
      type: "captured",
      captured: { text, likelihood: 1, seconds: 1, siteId: "kitchen", sessionId },
    });
  }

  said(id: string, sessionId = "kitchen-jarvis-1") {
    return this.take({ type: "said", finished: { siteId: "kitchen", id, sessionId } });
  }
}

function lineOf(effect: DialogueEffect): string {
  switch (effect.type) {
    case "send": {
      const { text, reason, termination, input } = JSON.parse(effect.message.payload);
      const about = termination?.reason ?? reason ?? text ?? input;
      const name = effect.message.topic.replace(/^hermes\//, "");
      return about === undefined ? name : `${name} ${about}`;
    }
    case "timer":
      return `wait ${effect.delayMs}`;
    case "chime":
      return `chime ${effect.siteId} ${effect.requestId}`;
    case "ask":
      return `ask ${effect.text}`;
    case "prefetch":
      return `prefetch ${effect.capability}`;
    case "over":
      return `over ${effect.reason}`;
  }
}

const LISTENING = [
  "prefetch stt",
  "dialogueManager/sessionStarted",
  "hotword/toggleOff dialogueSession",
  "wait 30000",
  "asr/startListening",
];
const ENDED = (reason: string) => [`over ${reason}`, `dialogueManager/sessionEnded ${reason}`];

describe("the dialogue manager", () => {
  it("leaves the wake word on while a site speaks that may be interrupted", () => {
    const manager = new Manager({ bargeIn: (siteId) => siteId === "kitchen" });
    expect(manager.start({ type: "notification", text: "Dinner is ready" })).toEqual([
      "dialogueManager/sessionStarted",
      "asr/toggleOff ttsSay",
      "wait 10000",
      "tts/say Dinner is ready",
    ]);
    const lines = manager.wake("kitchen", "2");
    expect(lines).toContain("dialogueManager/sessionEnded abortedByUser");
    expect(lines).toContain("asr/toggleOn ttsSay");
    expect(lines.at(-1)).toBe("asr/startListening");
    expect(lines).not.toContain("hotword/toggleOn ttsSay");
  });

  it("does not play a sound for the wake word at a site that plays its own", () => {
    const lines = new Manager({ chimeMs: 400, chimesItself: () => true }).wake();
    expect(lines).toContain("asr/startListening");
  });

  it("leads from wake word to answer and back to sleep", () => {
    const manager = new Manager();
    expect(manager.wake()).toEqual(LISTENING);
    expect(manager.hear("what time is it")).toEqual([
      "asr/stopListening",
      "hotword/toggleOn dialogueSession",
      "prefetch tts",
      "wait 30000",
      "ask what time is it",
    ]);
    expect(manager.take({ type: "answered", sessionId: "kitchen-jarvis-1", text: "Noon." })).toEqual([
      "hotword/toggleOff ttsSay",
      "asr/toggleOff ttsSay",
      "wait 10000",
      "tts/say Noon.",
    ]);
    expect(manager.said("say-1")).toEqual([
      "asr/toggleOn ttsSay",
      "hotword/toggleOn ttsSay",
      ...ENDED("nominal"),
    ]);
    expect(manager.state.sites.size).toBe(0);
  });

  it.each([
    ["was played", { type: "played", siteId: "kitchen", id: "say-1" }],
    ["should have been played", { type: "late", sessionId: "kitchen-jarvis-1" }],
  ] as const)("listens once the sound that answers the wake word %s", (_, over) => {
    const manager = new Manager({ chimeMs: 400 });
    expect(manager.wake()).toEqual([
      "prefetch stt",
      "dialogueManager/sessionStarted",
      "hotword/toggleOff dialogueSession",
      "hotword/toggleOff playAudio",
      "asr/toggleOff playAudio",
      "wait 400",
      "chime kitchen say-1",
    ]);
    expect(manager.take({ type: "played", siteId: "kitchen", id: "something else" })).toEqual([]);
    expect(manager.take({ type: "played", siteId: "attic", id: "say-1" })).toEqual([]);
    expect(manager.take(over)).toEqual([
      "asr/toggleOn playAudio",
      "hotword/toggleOn playAudio",
      "wait 30000",
      "asr/startListening",
    ]);
    expect(manager.take({ type: "played", siteId: "kitchen", id: "say-1" })).toEqual([]);
  });

  it("answers a wake word with a sound, and nothing else", () => {
    const manager = new Manager({ chimeMs: 400 });
    expect(manager.start({})).not.toContain("wait 400");
  });

  it("ends quietly when there is nothing to answer", () => {
    const manager = new Manager();
    manager.wake();
    manager.hear("thank you");
    expect(manager.take({ type: "answered", sessionId: "kitchen-jarvis-1", text: "" })).toEqual(
      ENDED("nominal"),
    );
  });

  it("reports an answer that could not be found", () => {
    const manager = new Manager();
    manager.wake();
    manager.hear("why");
    expect(
      manager.take({ type: "answer-failed", sessionId: "kitchen-jarvis-1", error: "Nobody knows." }),
    ).toEqual(["error/dialogueManager", ...ENDED("error")]);
  });

  it("hands the text over where somebody else understands commands, and waits for what they say", () => {
    const manager = new Manager({ answers: false });
    manager.wake();
    expect(manager.hear("turn it on").slice(2)).toEqual([
      "prefetch tts",
      "wait 30000",
      "nlu/query turn it on",
    ]);
    const more = { sessionId: "kitchen-jarvis-1", text: "Which one?", sendIntentNotRecognized: false };
    expect(manager.take({ type: "continue", request: more }).at(-1)).toBe("tts/say Which one?");
    expect(manager.said("say-1")).toEqual([
      "asr/toggleOn ttsSay",
      "hotword/toggleOn ttsSay",
      "hotword/toggleOff dialogueSession",
      "wait 30000",
      "asr/startListening",
    ]);
    manager.hear("the lamp");
    expect(manager.take({ type: "end", request: { sessionId: "kitchen-jarvis-1" } })).toEqual(
      ENDED("nominal"),
    );
  });

  it("ends with the right reason when nothing was understood", () => {
    const manager = new Manager();
    manager.wake();
    expect(manager.hear(" ")).toEqual([
      "asr/stopListening",
      "hotword/toggleOn dialogueSession",
      "nlu/intentNotRecognized  ",
      ...ENDED("intentNotRecognized"),
    ]);
  });

  it("leaves it to who began the session what to do when nothing was understood", () => {
    const manager = new Manager();
    manager.start({ sendIntentNotRecognized: true });
    expect(manager.hear("", "kitchen-1").slice(2)).toEqual([
      "nlu/intentNotRecognized ",
      "wait 30000",
      "dialogueManager/intentNotRecognized ",
    ]);
    // Its own notice to the satellites comes back over the broker.
    expect(manager.take({ type: "not-recognized", sessionId: "kitchen-1" })).toEqual([]);
    expect(manager.take({ type: "late", sessionId: "kitchen-1" })).toEqual(ENDED("timeout"));
  });

  it("takes the word of somebody else that a text was not understood", () => {
    const manager = new Manager({ answers: false });
    manager.wake();
    manager.hear("blah");
    expect(manager.take({ type: "not-recognized", sessionId: "kitchen-jarvis-1" })).toEqual(
      ENDED("intentNotRecognized"),
    );
  });

  it("asks first where a session begins with a question", () => {
    const manager = new Manager();
    expect(manager.start({ text: "Yes?" })).toEqual([
      "prefetch stt",
      "dialogueManager/sessionStarted",
      "hotword/toggleOff dialogueSession",
      "hotword/toggleOff ttsSay",
      "asr/toggleOff ttsSay",
      "wait 10000",
      "tts/say Yes?",
    ]);
    expect(manager.said("say-1", "kitchen-1")).toEqual([
      "asr/toggleOn ttsSay",
      "hotword/toggleOn ttsSay",
      "wait 30000",
      "asr/startListening",
    ]);
  });

  it("only speaks where a session is an announcement", () => {
    const manager = new Manager();
    expect(manager.start({ type: "notification", text: "Dinner!" }).at(-1)).toBe("tts/say Dinner!");
    expect(manager.said("say-1", "kitchen-1")).toEqual([
      "asr/toggleOn ttsSay",
      "hotword/toggleOn ttsSay",
      "hotword/toggleOn dialogueSession",
      ...ENDED("nominal"),
    ]);
  });

  it("queues what can wait, and begins it when the site is free", () => {
    const manager = new Manager();
    manager.wake();
    expect(manager.start({ type: "notification", text: "One" }, "2")).toEqual([
      "dialogueManager/sessionQueued",
    ]);
    expect(manager.start({}, "3")).toEqual(["dialogueManager/sessionQueued"]);
    expect(manager.start({}, "4")).toEqual(["error/dialogueManager"]);
    const ended = manager.take({ type: "end", request: { sessionId: "kitchen-jarvis-1" } });
    expect(ended).toEqual([
      "asr/stopListening",
      "hotword/toggleOn dialogueSession",
      ...ENDED("nominal"),
      "dialogueManager/sessionStarted",
      "hotword/toggleOff dialogueSession",
      "hotword/toggleOff ttsSay",
      "asr/toggleOff ttsSay",
      "wait 10000",
      "tts/say One",
    ]);
    expect(manager.said("say-1", "kitchen-2").slice(-5)).toEqual(LISTENING);
  });

  it("lets a person who calls again or presses a button go first, and keeps those who wait", () => {
    const manager = new Manager();
    manager.wake();
    manager.start({}, "queued");
    const again = manager.wake("kitchen", "2");
    expect(again).toEqual([
      "asr/stopListening",
      "hotword/toggleOn dialogueSession",
      ...ENDED("abortedByUser"),
      ...LISTENING,
    ]);
    expect(manager.start({ canBeEnqueued: false }, "3").slice(2, 4)).toEqual(ENDED("abortedByUser"));
    expect(manager.take({ type: "end", request: { sessionId: "kitchen-3" } }).slice(-5)).toEqual(LISTENING);
    expect(manager.state.sites.get("kitchen")?.current?.sessionId).toBe("kitchen-queued");
  });

  it("lets only the first satellite of a group answer", () => {
    const manager = new Manager();
    expect(manager.wake("living.left", "1")).toEqual(LISTENING);
    expect(manager.wake("living.right", "2")).toEqual([]);
    expect(manager.wake("kitchen.left", "3")).toEqual(LISTENING);
    manager.take({ type: "end", request: { sessionId: "living.left-jarvis-1" } });
    expect(manager.wake("living.right", "4")).toEqual(LISTENING);
  });

  it("does not wait for ever: for text, for an answer, for a satellite to have spoken", () => {
    const manager = new Manager();
    manager.wake();
    expect(manager.take({ type: "late", sessionId: "kitchen-jarvis-1" })).toEqual([
      "asr/stopListening",
      "hotword/toggleOn dialogueSession",
      ...ENDED("timeout"),
    ]);
    manager.wake();
    manager.hear("hello");
    expect(manager.take({ type: "late", sessionId: "kitchen-jarvis-1" })).toEqual(ENDED("timeout"));
    manager.start({ text: "Yes?" });
    expect(manager.take({ type: "late", sessionId: "kitchen-1" }).at(-1)).toBe("asr/startListening");
  });

  it("ends a session whose speech could not be understood for a fault of ours", () => {
    const manager = new Manager();
    manager.wake();
    const failure = { error: "The model crashed.", siteId: "kitchen", sessionId: "kitchen-jarvis-1" };
    expect(manager.take({ type: "asr-failed", failure })).toEqual([
      "error/dialogueManager",
      "asr/stopListening",
      "hotword/toggleOn dialogueSession",
      ...ENDED("error"),
    ]);
  });

  it("brings everybody back to where they were before when messages were lost", () => {
    const manager = new Manager();
    manager.wake();
    manager.start({ type: "notification", text: "Dinner!" }, "2", "hall");
    manager.start({}, "3", "hall");
    expect(manager.take({ type: "interrupted" })).toEqual([
      "asr/stopListening",
      "hotword/toggleOn dialogueSession",
      ...ENDED("error"),
      "asr/toggleOn ttsSay",
      "hotword/toggleOn ttsSay",
      "hotword/toggleOn dialogueSession",
      ...ENDED("error"),
      ...LISTENING,
    ]);
  });

  it("ignores what belongs to no session, or comes too late", () => {
    const manager = new Manager();
    expect(manager.hear("hello")).toEqual([]);
    manager.wake();
    expect(manager.hear("hello", "other")).toEqual([]);
    expect(manager.said("say-1")).toEqual([]);
    expect(manager.take({ type: "answered", sessionId: "kitchen-jarvis-1", text: "Hi" })).toEqual([]);
    manager.hear("hello");
    expect(manager.hear("hello")).toEqual([]);
    expect(
      manager.take({ type: "continue", request: { sessionId: "gone", sendIntentNotRecognized: false } }),
    ).toEqual([]);
  });

  it("keeps every switch even, whatever happens in whatever order", () => {
    const id = fc.constantFrom("a-1", "a-2", "a-3", "a-jarvis-1", "a-jarvis-2", "b-jarvis-1");
    const site = fc.constantFrom("a", "b");
    const newId = fc.constantFrom("1", "2", "3");
    const text = fc.constantFrom("", "hello");
    const input: fc.Arbitrary<DialogueInput> = fc.oneof(
      fc.record({ siteId: site, newId }).map(({ siteId, newId }) => ({
        type: "detected" as const,
        detected: {
          wakewordId: "jarvis",
          modelId: "j",
          modelVersion: "",
          modelType: "universal" as const,
          currentSensitivity: 1,
          siteId,
        },
        newId,
      })),
      fc
        .record({
          siteId: site,
          newId,
          text,
          canBeEnqueued: fc.boolean(),
          sendIntentNotRecognized: fc.boolean(),
        })
        .map(({ siteId, newId, ...init }) => ({
          type: "start" as const,
          request: { siteId, init: { type: "action" as const, ...init } },
          newId,
        })),
      fc.record({ sessionId: id, text }).map((request) => ({
        type: "continue" as const,
        request: { ...request, sendIntentNotRecognized: false },
      })),
      fc.record({ sessionId: id, text }).map((request) => ({ type: "end" as const, request })),
      fc.record({ sessionId: id, text }).map((captured) => ({
        type: "captured" as const,
        captured: { ...captured, siteId: "a", likelihood: 1, seconds: 1 },
      })),
      fc.record({ sessionId: id, n: fc.integer({ min: 1, max: 9 }) }).map(({ sessionId, n }) => ({
        type: "said" as const,
        finished: { siteId: "a", sessionId, id: `say-${n}` },
      })),
      fc.record({ siteId: site, n: fc.integer({ min: 1, max: 9 }) }).map(({ siteId, n }) => ({
        type: "played" as const,
        siteId,
        id: `say-${n}`,
      })),
      fc.record({ sessionId: id, text }).map((answer) => ({ type: "answered" as const, ...answer })),
      id.map((sessionId) => ({ type: "late" as const, sessionId })),
      fc.constant({ type: "interrupted" as const }),
      id.map((sessionId) => ({ type: "not-recognized" as const, sessionId })),
      id.map((sessionId) => ({
        type: "asr-failed" as const,
        failure: { error: "", siteId: "a", sessionId },
      })),
    );
    fc.assert(
      fc.property(
        fc.array(input, { maxLength: 60 }),
        fc.boolean(),
        fc.boolean(),
        (inputs, answers, chimes) => {
          const manager = new Manager({ answers, chimeMs: chimes ? 400 : undefined });
          const lines = inputs.flatMap((each) => manager.take(each));
          // End all that still goes on.
          for (let rounds = 0; manager.state.sites.size > 0 && rounds < 500; rounds++) {
            for (const { current } of manager.state.sites.values()) {
              if (current) lines.push(...manager.take({ type: "late", sessionId: current.sessionId }));
            }
          }
          expect(manager.state.sites.size).toBe(0);
          const count = (line: string) => lines.filter((each) => each === line).length;
          expect(count("hotword/toggleOn dialogueSession")).toBe(count("hotword/toggleOff dialogueSession"));
          expect(count("hotword/toggleOn ttsSay")).toBe(count("hotword/toggleOff ttsSay"));
          expect(count("asr/toggleOn ttsSay")).toBe(count("asr/toggleOff ttsSay"));
          expect(count("hotword/toggleOn playAudio")).toBe(count("hotword/toggleOff playAudio"));
          expect(count("asr/toggleOn playAudio")).toBe(count("asr/toggleOff playAudio"));
          expect(lines.filter((line) => line.startsWith("dialogueManager/sessionEnded")).length).toBe(
            count("dialogueManager/sessionStarted"),
          );
        },
      ),
      { numRuns: 400 },
    );
  });
});
