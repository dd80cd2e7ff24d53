const FIRST_WAIT = 400;
const LONGEST_WAIT = 5000;

/**
 * Listens to what happens in the workspace, and comes back by itself when the connection is lost.
 *
 * `onEvent` gets each event; `onOpen` is called at every (re)connection, after which what was missed
 * must be fetched; `onLost` at each loss.
 */
export function listen(as, { onEvent, onOpen, onLost }) {
  let wait = FIRST_WAIT;
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const connect = () => {
    const socket = new WebSocket(`${scheme}://${location.host}/page/live?${new URLSearchParams({ as })}`);
    socket.addEventListener("open", () => {
      wait = FIRST_WAIT;
      onOpen();
    });
    socket.addEventListener("message", (event) => onEvent(JSON.parse(event.data)));
    socket.addEventListener("close", () => {
      onLost();
      setTimeout(connect, wait);
      wait = Math.min(wait * 2, LONGEST_WAIT);
    });
  };
  connect();
}
