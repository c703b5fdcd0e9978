/* The room of a live session, the wall of the hall and the facilitator's desk.
   The room is changed piece by piece and never touches a field in use; wall and desk fetch their part anew.
   Each noun has a file in live/: `read` learns what this person did from the page, `hear` shows what happened, `submit`
   sends a form over the line (false: not mine), `settled` shows the answer (false: not mine).
   Words come from #line (discussions/live/line.html). */

import * as agenda from "./live/agenda.js";
import * as desk from "./live/desk.js";
import * as hands from "./live/hands.js";
import { busy, config, inWords, isMember, room, toast } from "./live/parts.js";
import * as polls from "./live/polls.js";
import * as questions from "./live/questions.js";
import * as reactions from "./live/reactions.js";
import * as statements from "./live/statements.js";
import * as topics from "./live/topics.js";
import * as transcript from "./live/transcript.js";
import { lineTo } from "./socket.js";

const NOUNS = [agenda, questions, polls, statements, hands, reactions, transcript];
const line = lineTo({
  space: config.space,
  seq: config.seq,
  who: config.who,
  missedUrl: config.missedUrl,
  watching: config.part !== "room",
});
if (config.state === "closed") line.rest("ended");

function showSession(frame) {
  const takes = frame.state === "closed" ? "ended" : frame.floor ? "taking" : "waiting";
  for (const element of document.querySelectorAll("[data-when]")) element.hidden = element.dataset.when !== frame.state;
  // Words already typed stay in the form; it is only put away.
  for (const element of document.querySelectorAll("[data-takes]")) element.hidden = element.dataset.takes !== takes;
  if (room) questions.showFloor(takes);
  line.rest(frame.state === "closed" ? "ended" : "live");
}

// The parts that are fetched anew.

let fetching;

async function fetchPart() {
  fetching = undefined;
  const place = document.getElementById(config.part === "screen" ? "wall" : "room-body");
  if (config.part !== "screen" && busy(place)) {
    fetchSoon(2000);
    return;
  }
  try {
    const answer = await fetch(config.stateUrl, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    place.innerHTML = await answer.text();
    window.htmx?.process(place);
    readRoom();
  } catch {
    fetchSoon(5000);
  }
}

function fetchSoon(after = 250) {
  if (config.part === "desk") desk.hear();
  else fetching ??= setTimeout(fetchPart, after);
}

line.addEventListener("frame", ({ detail: frame }) => {
  if (frame.type === "presence") {
    for (const element of document.querySelectorAll("[data-presence]")) {
      inWords(element, frame.people);
      element.hidden = !frame.people;
    }
  } else if (frame.type === "topics") {
    topics.hear(frame);
  } else if (frame.type === "signed_out") {
    toast(frame.message, "error");
  } else if (frame.type === "tally") {
    if (frame.session === config.session) reactions.hear(frame);
  } else if (frame.session === config.session) {
    if (frame.type === "session.state") showSession(frame);
    if (room) for (const noun of NOUNS) noun.hear(frame);
    // The transcript is neither on the wall nor on the desk.
    else if (/^lines?\./.test(frame.type)) return;
    else if (config.part === "screen" && frame.type in TOTALS && !frame.html) showTotal(frame);
    else if (config.part === "desk") desk.hear(frame);
    else fetchSoon();
  }
});
line.addEventListener("gap", () => {
  transcript.refresh();
  fetchSoon();
});

// What the wall counts while the result is not shown yet.
const TOTALS = { "poll.voted": "data-wall-total", "statement.voted": "data-wall-votes" };

function showTotal(frame) {
  const shown = document.querySelector(`[${TOTALS[frame.type]}="${frame.id}"]`);
  if (shown) shown.textContent = frame.total.toLocaleString();
}

// Sending. The forms work without this file; with it they do not leave the page.

line.addEventListener("settled", ({ detail: { frame, answer } }) => {
  if (room && NOUNS.some((noun) => noun.settled(frame, answer))) return;
  if (answer.error) toast(answer.message, "error");
});

document.addEventListener(
  "submit",
  (event) => {
    // Guests are led to the sign-in page by the plain form.
    if (!room || !isMember || !NOUNS.some((noun) => noun.submit(event.target, line, event.submitter))) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  },
  true,
);

function readRoom() {
  if (room) for (const noun of NOUNS) noun.read();
}

// Who is here without an account sends by plain requests: their answer says what they did.
if (!isMember) document.addEventListener("htmx:afterSwap", readRoom);

if (config.part === "desk") desk.start();
readRoom();
for (const { frame } of line.kept.values()) questions.resume(frame);
