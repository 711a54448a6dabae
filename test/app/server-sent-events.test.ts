import { describe, expect, it } from "vitest";
import { eventsOf } from "../../src/app/server-sent-events.js";
import { collect, cut } from "../fixtures/streams.js";

describe("eventsOf", () => {
  const wire = Buffer.from(
    ': still here\n\nevent: snapshot\ndata: {"a":"zünde"}\nid: 1\n\ndata: one\ndata: two\n\n',
  );

  it.each([1, 2, 7, 1000])("yields the same events when %i bytes come at a time", async (size) => {
    expect(await collect(eventsOf(cut(wire, size)))).toEqual(['{"a":"zünde"}', "one\ntwo"]);
  });

  it("drops an event that breaks off", async () => {
    expect(await collect(eventsOf([Buffer.from("data: whole\n\ndata: half")]))).toEqual(["whole"]);
  });
});
