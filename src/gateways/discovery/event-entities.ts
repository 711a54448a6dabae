import { type Components, component, type View } from "./component.js";

/** Where something was heard. */
interface Place {
  /** `wyoming`, `hermes`, `http`, … */
  readonly gateway?: string;
  /** Name of the satellite. */
  readonly site?: string;
  /** Address of a peer that has no name. */
  readonly peer?: string;
}

/** Something that happened, for automations. Never retained: it is of the moment. */
export type VoiceEvent = Place &
  (
    | { readonly kind: "wake"; readonly word: string; readonly score?: number }
    | {
        readonly kind: "text";
        readonly text: string;
        readonly language?: string;
        readonly model?: string;
      }
    | { readonly kind: "error"; readonly message: string; readonly topic?: string }
  );

/** Events of recognised text are only described when the user asked for them. */
export function eventComponents(view: View): Components {
  const { topics, options } = view;
  return {
    ...component(view, "event", "wake_word", "Wake word", {
      event_types: ["detected"],
      state_topic: topics.wake,
      icon: "mdi:bullhorn-outline",
    }),
    ...(options.textEvents &&
      component(view, "event", "recognised_text", "Recognised text", {
        event_types: ["recognised"],
        state_topic: topics.text,
        icon: "mdi:text-recognition",
      })),
    ...(options.controls &&
      component(view, "event", "refused_command", "Refused command", {
        entity_category: "diagnostic",
        event_types: ["refused"],
        state_topic: topics.error,
        icon: "mdi:alert-circle-outline",
      })),
  };
}

/** Topic and payload of an event; undefined where the user does not want it published. */
export function encodeEvent(
  { topics, options }: Pick<View, "topics" | "options">,
  event: VoiceEvent,
): { readonly topic: string; readonly payload: string } | undefined {
  const { kind, ...attributes } = event;
  if (kind === "text" && !options.textEvents) return undefined;
  const types = { wake: "detected", text: "recognised", error: "refused" } as const;
  const topic = { wake: topics.wake, text: topics.text, error: topics.error }[kind];
  return { topic, payload: JSON.stringify({ event_type: types[kind], ...attributes }) };
}
