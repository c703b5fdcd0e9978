/* Signs that people give with one press: calm counts that come and fade, here and on the wall. Nothing is kept. */

import { newId } from "../socket.js";
import { config, toast } from "./parts.js";

const FADES_AFTER = 6000; // ms without another one
const place = document.querySelector("[data-reactions]");
const fading = new Map();

export function read() {}

export function hear(frame) {
  if (frame.type !== "tally" || !place) return;
  for (const [kind, number] of Object.entries(frame.counts)) show(kind, number);
}

function show(kind, number) {
  const sign = place.querySelector(`[data-reaction="${CSS.escape(kind)}"]`);
  if (!sign) return;
  const count = sign.querySelector("[data-count]");
  const before = sign.hasAttribute("data-shown") ? Number(count.dataset.count) : 0;
  count.dataset.count = before + number;
  count.textContent = (before + number).toLocaleString();
  sign.setAttribute("data-shown", "");
  clearTimeout(fading.get(kind));
  fading.set(kind, setTimeout(() => sign.removeAttribute("data-shown"), FADES_AFTER));
}

/** A sign is for this moment: without a line it is not kept for later. */
export function submit(sentForm, line, pressed) {
  if (sentForm !== place || !pressed) return false;
  if (!line.isLive && !line.isAsking) {
    toast(config.wordsNoSign, "error");
    return true;
  }
  const id = newId();
  const kind = pressed.value;
  line.send({ type: "react", id, session: config.session, kind }, { url: sentForm.action, fields: { client_id: id, kind } });
  return true;
}

export function settled(frame, answer) {
  if (frame.type !== "react") return false;
  if (answer.error) toast(answer.message, "error");
  return true;
}
