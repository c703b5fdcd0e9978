/* Quick polls in the room: they open, count, close and show their result. */

import { announce, busy, config, inWords, listOf, parsed, room, showSections } from "./parts.js";

// What this person answered, by poll.
const answers = new Map();

export function read() {
  for (const choice of room.querySelectorAll("[data-poll] input:checked")) {
    const poll = choice.closest("[data-poll]");
    if (!poll.querySelector("[data-answered]")?.hidden) answers.set(poll.dataset.poll, Number(choice.value));
  }
}

export function hear(frame) {
  if (!frame.type.startsWith("poll.")) return;
  place(frame);
  if (frame.type === "poll.state" && frame.state === "open") announce(config.wordsPoll);
}

export function settled(frame, answer) {
  if (frame.type !== "answer_poll" || answer.error) return false;
  answers.set(answer.poll, answer.option);
  showAnswer(answer.poll);
  return true;
}

export function submit(sentForm, line) {
  const poll = sentForm.closest("[data-poll]")?.dataset.poll;
  if (!poll) return false;
  const option = Number(new FormData(sentForm).get("option"));
  line.send({ type: "answer_poll", poll, option }, { url: sentForm.action, fields: { option } });
  return true;
}

function place(frame) {
  const present = room.querySelector(`[data-poll="${frame.id}"]`);
  const isRevealed = present?.hasAttribute("data-revealed") || false;
  if (frame.total !== undefined) {
    const total = present?.querySelector("[data-total]");
    if (total) inWords(total, frame.total);
  }
  if (frame.type === "poll.state" && !frame.html) {
    present?.remove();
  } else if (frame.html) {
    // Somebody is choosing at this moment: the same form stays under the finger.
    const isSameForm = present?.dataset.state === "open" && (frame.state || "open") === "open";
    if (isSameForm && isRevealed === Boolean(frame.revealed) && frame.type === "poll.state") return;
    const fresh = parsed(frame.html);
    if (isSameForm && busy(present)) replaceAround(present, fresh);
    else if (present) present.replaceWith(fresh);
    else listOf("polls").prepend(fresh);
    window.htmx?.process(room.querySelector(`[data-poll="${frame.id}"]`));
    showAnswer(frame.id);
  }
  showSections();
}

// Everything in a poll but the part in which somebody is choosing.
function replaceAround(present, fresh) {
  const kept = [...present.children].find((part) => part.contains(document.activeElement));
  const parts = [...fresh.children];
  const place = parts.findIndex((part) => part.id === kept.id);
  for (const part of [...present.children]) if (part !== kept) part.remove();
  kept.before(...parts.slice(0, place));
  kept.after(...parts.slice(place + 1));
  present.dataset.state = fresh.dataset.state;
  present.toggleAttribute("data-revealed", fresh.hasAttribute("data-revealed"));
}

function showAnswer(id) {
  const poll = room.querySelector(`[data-poll="${id}"]`);
  const answer = answers.get(id);
  if (!poll || answer === undefined) return;
  const choice = poll.querySelector(`input[value="${answer}"]`);
  if (choice && !busy(poll)) choice.checked = true;
  const note = poll.querySelector("[data-answered]");
  if (note) note.hidden = false;
  const result = poll.querySelectorAll(".poll__result")[answer]?.querySelector("span");
  if (result && !result.querySelector(".poll__mine")) {
    const mark = document.createElement("span");
    mark.className = "poll__mine";
    mark.textContent = ` ${config.wordsYours}`;
    result.append(mark);
  }
}
