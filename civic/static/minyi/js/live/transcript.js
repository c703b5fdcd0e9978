/* What is being said, in the room: new lines come at the end; who scrolled up to read stays there. */

import { parsed } from "./parts.js";

const MOST = 60; // lines; all of them are behind the link
const section = document.querySelector("[data-transcript]");
const list = section?.querySelector("[data-lines]");

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
  const isAtEnd = lines.scrollHeight - lines.scrollTop - lines.clientHeight < 40;
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
  if (isAtEnd) lines.scrollTop = lines.scrollHeight;
}

/** The last lines anew. */
export async function refresh() {
  if (!section || list.contains(document.activeElement) && document.activeElement !== list) return;
  try {
    const answer = await fetch(section.dataset.transcript, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    list.innerHTML = await answer.text();
    section.hidden = !list.children.length;
    list.scrollTop = list.scrollHeight;
  } catch {
    // The next line brings the page up to date, or a reload.
  }
}

if (list) {
  list.scrollTop = list.scrollHeight;
  const aloud = section.querySelector("[data-aloud]");
  aloud.parentElement.hidden = false;
  // Not every line is for every ear: whoever hears the page chooses it.
  aloud.addEventListener("change", () => list.setAttribute("aria-live", aloud.checked ? "polite" : "off"));
}
