/* What is being said, in the room: new lines come at the end; who scrolled up to read stays there. */

import { parsed } from "./parts.js";

const MOST = 60; // lines; all of them are behind the link
const section = document.querySelector("[data-transcript]");
const list = section?.querySelector("[data-lines]");
const log = section?.querySelector("[data-log]");

export function read() {}
export const submit = () => false;
export const settled = () => false;

export function hear(frame) {
  if (!section) return;
  if (frame.type === "lines.imported") refresh();
  else if (frame.type.startsWith("line.")) show(list, frame);
}

/** Put a line where its moment is, in place of what it was; one without words goes. */
export function show(lines, frame, dress = (line) => line) {
  const present = lines.querySelector(`[data-line="${frame.id}"]`);
  if (!frame.html) {
    present?.remove();
    return;
  }
  const fresh = dress(parsed(frame.html));
  const scrolled = lines.closest("[data-log]") || lines;
  const isAtEnd = scrolled.scrollHeight - scrolled.scrollTop - scrolled.clientHeight < 40;
  if (present) {
    present.replaceWith(fresh);
    return;
  }
  const all = [...lines.children];
  const behind = all.find((other) => Number(other.dataset.at) > frame.at);
  // What is older than everything shown is on the page of the whole transcript.
  if (behind === all[0] && all.length >= MOST) return;
  lines.insertBefore(fresh, behind || null);
  while (lines.children.length > MOST) lines.firstElementChild.remove();
  const around = lines.closest("[data-transcript]");
  if (around) around.hidden = false;
  if (isAtEnd) scrolled.scrollTop = scrolled.scrollHeight;
}

/** The last lines anew. */
export async function refresh() {
  if (!section || list.contains(document.activeElement)) return;
  try {
    const answer = await fetch(section.dataset.transcript, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    list.innerHTML = await answer.text();
    section.hidden = !list.children.length;
    log.scrollTop = log.scrollHeight;
  } catch {
    // The next line brings the page up to date, or a reload.
  }
}

if (log) {
  log.scrollTop = log.scrollHeight;
  const aloud = section.querySelector("[data-aloud]");
  aloud.parentElement.hidden = false;
  // Not every line is for every ear: whoever hears the page chooses it.
  aloud.addEventListener("change", () => log.setAttribute("aria-live", aloud.checked ? "polite" : "off"));
}
