/**
 * Follows the program over server-sent events; the browser connects again by itself.
 * @param onSnapshot called with every snapshot; @param onConnected called with true or false
 */
export function follow(onSnapshot, onConnected) {
  const events = new EventSource("api/events");
  events.addEventListener("open", () => onConnected(true));
  events.addEventListener("snapshot", ({ data }) => {
    onConnected(true);
    onSnapshot(JSON.parse(data));
  });
  events.addEventListener("error", () => {
    onConnected(false);
    // After an answer that is not an event stream the browser gives up; a program that restarts is worth more tries.
    if (events.readyState === EventSource.CLOSED) {
      setTimeout(() => follow(onSnapshot, onConnected), 3000);
    }
  });
}
