import type { HomeNames } from "../../src/home/names.js";

const ROOMS =
  "Attic,Balcony,Basement,Bathroom,Cellar,Closet,Corner,Dining Room,Driveway,Entrance,Family Room,Garage,Garden,Guest Room,Hallway,Laundry,Library,Loft,Nursery,Pantry,Patio,Playroom,Porch,Stairs,Studio,Study,Terrace,Workshop".split(
    ",",
  );
const THINGS =
  "ceiling light,floor lamp,wall light,desk lamp,spot light,reading lamp,window light,mirror light,table lamp,strip,bulb,side lamp,picture light,candle,chandelier".split(
    ",",
  );
const PLUGS = "plug,heater,pump,fan,charger".split(",");

/** A house with as many more names as wanted, made of rooms and things. */
export function bigHome(names: HomeNames, more: number): HomeNames {
  const lights = ROOMS.flatMap((room) => THINGS.map((thing) => `${room} ${thing}`));
  const switches = ROOMS.flatMap((room) => PLUGS.map((plug) => `${room} ${plug}`));
  const covers = ROOMS.map((room) => `${room} blinds`);
  const share = (list: readonly string[], part: number) => list.slice(0, Math.round(more * part));
  return {
    ...names,
    areas: [...(names.areas ?? []), ...ROOMS],
    lights: [...(names.lights ?? []), ...share(lights, 0.7)],
    switches: [...(names.switches ?? []), ...share(switches, 0.25)],
    covers: [...(names.covers ?? []), ...share(covers, 0.05)],
  };
}
