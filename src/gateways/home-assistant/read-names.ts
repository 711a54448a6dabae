import type { HomeNames } from "../../home/names.js";
import type { CoreSocket } from "./core-socket.js";
import { exposedEntities, exposedNames } from "./exposed-names.js";

/** Asked in one message: large houses have thousands, and Core answers other clients between messages. */
const ENTITIES_PER_CALL = 200;

/**
 * The names of a home, read anew. The registry is asked for what is exposed only: all of it is ten times as much.
 * @throws {HomeError} as `CoreSocket.call` does
 */
export async function readNames(socket: CoreSocket, exposed: unknown): Promise<HomeNames> {
  const ids = exposedEntities(exposed);
  const entries: Record<string, unknown> = {};
  for (let at = 0; at < ids.length; at += ENTITIES_PER_CALL) {
    const page = ids.slice(at, at + ENTITIES_PER_CALL);
    Object.assign(entries, await socket.call("config/entity_registry/get_entries", { entity_ids: page }));
  }
  const areas = await socket.call("config/area_registry/list");
  const floors = await socket.call("config/floor_registry/list");
  const states = ids.length > 0 ? await socket.call("get_states") : [];
  return exposedNames({ exposed, entries, states, areas, floors });
}

/** What is exposed to voice; compare two of them to see whether something changed. */
export const readExposed = (socket: CoreSocket): Promise<unknown> =>
  socket.call("homeassistant/expose_entity/list");
