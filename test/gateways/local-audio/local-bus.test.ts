import { describe, expect, it, onTestFinished, vi } from "vitest";
import { systemClock } from "../../../src/base/clock.js";
import { EchoBook } from "../../../src/gateways/local-audio/echo-book.js";
import { LocalBus } from "../../../src/gateways/local-audio/local-bus.js";
import { BrokerLink } from "../../../src/gateways/mqtt/broker-link.js";
import { EmbeddedBroker } from "../../../src/gateways/mqtt/embedded-broker.js";
import { HandClock } from "../../fixtures/hand-clock.js";
import { MqttObserver } from "../../fixtures/mqtt-observer.js";
import { recordingLogger } from "../../fixtures/recording-logger.js";

const FRAMES = "hermes/audioServer/+/audioFrame";
const SAY = "hermes/tts/say";

async function onBroker() {
  const logger = recordingLogger();
  const broker = await EmbeddedBroker.start({ host: "127.0.0.1", port: 0 }, logger);
  onTestFinished(() => broker.close());
  const link = new BrokerLink(
    { baseTopic: "irene_edge", installId: "bus", audio: false, endpoint: async () => ({ url: broker.url }) },
    { clock: systemClock, logger },
  );
  onTestFinished(() => link.close());
  const bus = new LocalBus({ site: "board", clock: systemClock, log: logger });
  const observer = await MqttObserver.connect(broker.url, ["hermes/#"]);
  onTestFinished(() => observer.close());
  const port = bus.end(link.control);
  const heard: string[] = [];
  for (const filter of [FRAMES, SAY])
    port.subscribe(filter, 0, ({ topic, payload }) => heard.push(`${topic} ${Buffer.from(payload)}`));
  link.start();
  await new Promise<void>((up) => link.control.onConnect(up));
  /** Resolves once all that was published before has come back from the broker. */
  const settled = async () => {
    const mark = JSON.stringify({ siteId: "elsewhere", text: `mark ${heard.length} ${performance.now()}` });
    await observer.publish(SAY, mark);
    await vi.waitFor(() => expect(heard).toContain(`${SAY} ${mark}`), { timeout: 20_000 });
    return heard.filter((line) => !line.includes("elsewhere"));
  };
  return { bus, port, link, broker, observer, settled };
}

const message = (text: string, siteId = "board") => ({
  topic: SAY,
  payload: JSON.stringify({ text, siteId }),
  qos: 0 as const,
});

describe("the bus between board and services", () => {
  it("hands over everything where there is no broker, in order and not at once", async () => {
    const bus = new LocalBus({ site: "board", clock: systemClock, log: recordingLogger() });
    const [services, board] = [bus.end(), bus.end()];
    const heard: string[] = [];
    services.subscribe(SAY, 0, ({ payload }) => {
      heard.push(Buffer.from(payload).toString());
      if (heard.length === 1) void services.publish({ topic: SAY, payload: "answer", qos: 0 });
    });
    void board.publish({ topic: SAY, payload: "first", qos: 0 });
    void board.publish({ topic: SAY, payload: "second", qos: 0 });
    expect(heard).toEqual([]);
    await vi.waitFor(() => expect(heard).toEqual(["first", "second", "answer"]));
    expect(services.connected).toBe(true);
  });

  it("keeps the board's sound from the broker", async () => {
    const { port, observer, settled } = await onBroker();
    await port.publish({ topic: "hermes/audioServer/board/audioFrame", payload: "sound", qos: 0 });
    await port.publish({ topic: "hermes/audioServer/board/playFinished", payload: "{}", qos: 0 });
    await port.publish({ topic: "hermes/audioServer/attic/playBytes/1", payload: "sound", qos: 0 });
    expect(await settled()).toEqual(["hermes/audioServer/board/audioFrame sound"]);
    expect(observer.seen.map(({ topic }) => topic)).not.toContain("hermes/audioServer/board/audioFrame");
    expect(observer.seen.map(({ topic }) => topic)).toContain("hermes/audioServer/attic/playBytes/1");
  });

  it("tells the broker what else the board says, and does not hear its echo", async () => {
    const { port, observer, settled } = await onBroker();
    await port.publish(message("Hello"));
    expect(await settled()).toEqual([`${SAY} ${message("Hello").payload}`]);
    expect(observer.seen.map(({ text }) => text)).toContain(message("Hello").payload);
  });

  it("hears the same words from somebody else all the same", async () => {
    const { port, observer, settled } = await onBroker();
    await port.publish(message("Hello"));
    await observer.publish(SAY, message("Hello").payload);
    expect(await settled()).toHaveLength(2);
  });

  it("hears what others tell the board, and what other satellites say once", async () => {
    const { port, observer, settled } = await onBroker();
    await observer.publish(SAY, message("From outside").payload);
    await port.publish(message("Elsewhere", "attic"));
    expect(await settled()).toEqual([
      `${SAY} ${message("From outside").payload}`,
      `${SAY} ${message("Elsewhere", "attic").payload}`,
    ]);
  });

  it("serves the board while the broker is away", async () => {
    const { port, broker, link } = await onBroker();
    const heard: string[] = [];
    const own = port.subscribe(SAY, 0, ({ payload }) => heard.push(Buffer.from(payload).toString()));
    await broker.close();
    await vi.waitFor(() => expect(link.control.connected).toBe(false), { timeout: 20_000 });
    expect(await port.publish(message("Still here"))).toBe("delivered");
    await vi.waitFor(() => expect(heard).toEqual([message("Still here").payload]));
    own.close();
  });

  it("goes on when one of the listeners fails", async () => {
    const logger = recordingLogger();
    const port = new LocalBus({ site: "board", clock: systemClock, log: logger }).end();
    const heard: string[] = [];
    port.subscribe(SAY, 0, () => {
      throw new Error("no good");
    });
    const second = port.subscribe("hermes/tts/+", 0, ({ topic }) => heard.push(topic));
    await port.publish(message("Hello"));
    await vi.waitFor(() => expect(heard).toEqual([SAY]));
    expect(logger.lines.map(({ message: line }) => line).join()).toContain("no good");
    second.close();
    await port.publish(message("Hello again"));
    await vi.waitFor(() => expect(logger.lines).toHaveLength(2));
    expect(heard).toEqual([SAY]);
  });
});

describe("EchoBook", () => {
  const echo = { topic: SAY, payload: Buffer.from("{}"), retained: false };

  it("takes each message for an echo once", () => {
    const book = new EchoBook(new HandClock());
    book.expect({ ...echo, qos: 0 });
    expect([book.isEcho(echo), book.isEcho(echo)]).toEqual([true, false]);
    book.expect({ ...echo, qos: 0 });
    expect(book.isEcho({ ...echo, retained: true })).toBe(false);
  });

  it("forgets what never came back, and what did not go out", () => {
    const clock = new HandClock();
    const book = new EchoBook(clock);
    book.expect({ ...echo, qos: 0 })();
    expect(book.isEcho(echo)).toBe(false);
    book.expect({ ...echo, qos: 0 });
    clock.advance(10_001);
    expect(book.isEcho(echo)).toBe(false);
  });
});
