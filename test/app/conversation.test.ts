import { describe, expect, it, onTestFinished } from "vitest";
import { HomeAssistantConversation } from "../../src/app/conversation.js";
import { CoreApi, spoken } from "../fixtures/core-api.js";

const QUESTION = { text: "what time is it", siteId: "kitchen", dialogueId: "one" };
const { signal } = new AbortController();

async function home() {
  const api = await CoreApi.start("It is noon.");
  onTestFinished(() => api.close());
  return { api, conversation: new HomeAssistantConversation({ url: `${api.url}/`, token: api.token }) };
}

describe("HomeAssistantConversation", () => {
  it("hands the question on with its language and returns the spoken answer", async () => {
    const { api, conversation } = await home();
    const answer = await conversation.ask({ ...QUESTION, language: "en" }, signal);
    expect(answer).toEqual({ text: "It is noon.", language: "en" });
    expect(api.asked).toEqual([{ text: "what time is it", language: "en" }]);
  });

  it("keeps the questions of one dialogue in one conversation, and those of others apart", async () => {
    const { api, conversation } = await home();
    api.reply = () => ({
      status: 200,
      body: JSON.stringify(spoken("Which room?", `thread-${api.asked.length}`)),
    });
    await conversation.ask(QUESTION, signal);
    await conversation.ask(QUESTION, signal);
    await conversation.ask({ ...QUESTION, dialogueId: "two" }, signal);
    expect(api.asked.map(({ conversation_id }) => conversation_id)).toEqual([
      undefined,
      "thread-1",
      undefined,
    ]);
  });

  it("says nothing where Home Assistant does without words", async () => {
    const { api, conversation } = await home();
    api.reply = () => ({ status: 200, body: '{"response": {"response_type": "action_done", "speech": {}}}' });
    expect(await conversation.ask(QUESTION, signal)).toEqual({ text: "" });
  });

  it.each([
    [401, "homeassistant_api"],
    [502, "may still be starting"],
    [400, "refused the question (400)"],
  ])("tells what is wrong when it is answered %i", async (status, sentence) => {
    const { api, conversation } = await home();
    api.reply = () => ({ status, body: "{}" });
    await expect(conversation.ask(QUESTION, signal)).rejects.toThrow(sentence);
  });

  it("tells that nobody answers when nobody does", async () => {
    const { api, conversation } = await home();
    await api.close();
    await expect(conversation.ask(QUESTION, signal)).rejects.toThrow("Home Assistant does not answer");
  });

  it("stops waiting when the dialogue is over", async () => {
    const { conversation } = await home();
    const over = new AbortController();
    over.abort();
    await expect(conversation.ask(QUESTION, over.signal)).rejects.toThrow("does not answer");
  });
});
