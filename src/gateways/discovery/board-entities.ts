import { BOARD_STATES } from "../../sessions/snapshot.js";
import { type Components, component, jsonState, type TopicState, type View } from "./component.js";

const DIAGNOSTIC = { entity_category: "diagnostic" } as const;

/** The machine's own microphone and speaker; nothing where they are not used. */
export function boardComponents(view: View): Components {
  const { snapshot, topics, options } = view;
  if (!snapshot.board) return {};
  return {
    ...component(view, "sensor", "board_state", "Board", {
      device_class: "enum",
      options: BOARD_STATES,
      state_topic: topics.boardState,
      icon: "mdi:microphone-message",
    }),
    ...component(view, "sensor", "board_backend", "Microphone through", {
      ...DIAGNOSTIC,
      state_topic: topics.board,
      value_template: "{{ value_json.backend }}",
      json_attributes_topic: topics.board,
      icon: "mdi:usb",
    }),
    ...component(view, "sensor", "lost_sound", "Lost sound", {
      ...DIAGNOSTIC,
      enabled_by_default: false,
      device_class: "duration",
      unit_of_measurement: "ms",
      state_class: "total_increasing",
      state_topic: topics.board,
      value_template: "{{ value_json.lost_ms }}",
      icon: "mdi:waveform",
    }),
    ...(options.controls &&
      component(view, "switch", "microphone_mute", "Mute microphone", {
        command_topic: topics.command("microphone_mute"),
        state_topic: topics.board,
        value_template: "{{ value_json.muted }}",
        icon: "mdi:microphone-off",
      })),
  };
}

export function boardStates({ snapshot: { board }, topics }: View): readonly TopicState[] {
  if (!board) return [];
  const { site, muted, volume, backend, problem, gaps, lostMs } = board;
  const facts = { site, muted: muted ? "ON" : "OFF", volume, backend, problem, gaps, lost_ms: lostMs };
  return [jsonState(topics.board, facts)];
}
