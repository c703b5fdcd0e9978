/* The record of a session: a slider through its time, and words that a moderator hides leave the page at once. */

import { lineTo } from "../socket.js";
import { config } from "./parts.js";

const body = document.getElementById("record-body");
const line = lineTo({ space: config.space, seq: config.seq, who: config.who, missedUrl: config.missedUrl, watching: true });
line.rest("ended");

let at = 0; // seconds
let fetching;

async function fetchBody() {
  fetching = undefined;
  try {
    const answer = await fetch(config.stateUrl, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    // Nothing is typed here; the slider keeps its place and the hand on it.
    const held = document.activeElement?.id;
    const isTelling = body.querySelector("[data-said]:not([hidden])") !== null;
    body.innerHTML = await answer.text();
    startReplay(isTelling);
    if (held) document.getElementById(held)?.focus();
  } catch {
    fetchSoon(5000);
  }
}

function fetchSoon(after = 250) {
  fetching ??= setTimeout(fetchBody, after);
}

line.addEventListener("gap", () => fetchSoon());
line.addEventListener("frame", ({ detail: frame }) => {
  // Opened again, it is a room once more.
  if (frame.type === "session.state" && frame.session === config.session && frame.state !== "closed") location.reload();
  else if (frame.session === config.session || frame.type === "reply.given") fetchSoon();
});

const two = (number) => String(number).padStart(2, "0");

function clock(seconds) {
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

function startReplay(isTelling = false) {
  const replay = body.querySelector("[data-replay]");
  if (!replay) return;
  const slider = replay.querySelector("input");
  const output = replay.querySelector("output");
  const said = replay.querySelector("[data-said]");
  const moments = [...replay.querySelectorAll(".replay__moment")];

  function mark() {
    at = Number(slider.value);
    output.textContent = clock(at);
    slider.setAttribute("aria-valuetext", clock(at));
    const now = moments.filter((moment) => Number(moment.dataset.at) <= at * 1000).pop() || moments[0];
    for (const moment of moments) moment.toggleAttribute("aria-current", moment === now);
    now.setAttribute("aria-current", "step");
  }

  async function tell() {
    try {
      const answer = await fetch(`${replay.dataset.replay}&ms=${at * 1000}`, { headers: { Accept: "text/html" } });
      if (!answer.ok || at !== Number(slider.value)) return;
      const lines = said.querySelector("ol");
      lines.innerHTML = await answer.text();
      // These lines stand on the page a second time, so they are not what an address leads to.
      for (const one of lines.children) one.removeAttribute("id");
      said.hidden = !lines.children.length;
    } catch {
      // The links beside the moments lead to the same words.
    }
  }

  slider.parentElement.hidden = false;
  slider.value = at;
  slider.addEventListener("input", mark);
  slider.addEventListener("change", tell);
  mark();
  if (isTelling) tell();
}

startReplay();
