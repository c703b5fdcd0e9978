/* The frames of a space as Server-Sent Events, where no WebSocket passes. docs/protocol.md describes them. */

const OPENS_WITHIN = 10000; // ms until everything that was missed has come: what holds a stream back longer breaks it
const SILENCE = 30000; // the server says something every ten seconds

/** Open a stream. `frame` hears each frame, `lost` that nothing more comes; `close` ends it in silence. */
export function openStream(url, { frame, lost }) {
  const source = new EventSource(url);
  let timer;
  const close = () => {
    clearTimeout(timer);
    source.close();
  };
  // The browser would come back by itself, but not tell whether it can.
  const end = () => {
    close();
    lost();
  };
  const within = (time) => {
    clearTimeout(timer);
    timer = setTimeout(end, time);
  };
  within(OPENS_WITHIN);
  let isSynced = false;
  source.addEventListener("message", (event) => {
    const heard = JSON.parse(event.data);
    isSynced ||= heard.type === "synced";
    if (isSynced) within(SILENCE);
    frame(heard);
  });
  source.addEventListener("beat", () => isSynced && within(SILENCE));
  source.addEventListener("error", end);
  return { close };
}
