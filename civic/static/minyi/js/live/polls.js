/* Quick polls in the room: they open, count, close and show their result. One press sends the whole answer. */

import { announce, config, inWords, listOf, parsed, room, showSections, toast } from "./parts.js";

// What this person answered, by poll: {options: numbers, words: lines}.
const answers = new Map();

export function read() {
  for (const poll of room.querySelectorAll("[data-poll]")) {
    const note = poll.querySelector("[data-answered]");
    if (!note || note.hidden) continue;
    const options = [...poll.querySelectorAll("input:checked")].map((choice) => Number(choice.value));
    const words = [...poll.querySelectorAll("input[name=words]")].map((field) => field.value).filter(Boolean);
    answers.set(poll.dataset.poll, { options, words });
  }
}

export function hear(frame) {
  if (frame.type.startsWith("poll_word.")) place(frame.poll, frame);
  else if (frame.type.startsWith("poll.")) place(frame.id, frame);
  if (frame.type === "poll.state" && frame.state === "open" && !frame.revealed) announce(config.wordsPoll);
}

export function settled(frame, answer) {
  if (frame.type !== "answer_poll" || answer.error) return false;
  const options = answer.options === undefined ? [answer.option] : answer.options.split(" ").filter(Boolean);
  answers.set(answer.poll, { options: options.map(Number), words: (answer.words || "").split("\n").filter(Boolean) });
  showAnswer(answer.poll);
  if (answer.held) toast(config.wordsWordHeld);
  return true;
}

export function submit(sentForm, line) {
  const place = sentForm.closest("[data-poll]");
  if (!place) return false;
  const { poll, kind } = place.dataset;
  const sent = new FormData(sentForm);
  const options = sent.getAll("option");
  const words = sent.getAll("words").filter((word) => word.trim());
  const answer =
    kind === "words"
      ? { words: words.join("\n") }
      : kind === "multiple"
        ? { options: options.join(" ") }
        : { option: Number(options[0]) };
  const fields = [...options.map((option) => ["option", option]), ...words.map((word) => ["words", word])];
  line.send({ type: "answer_poll", poll, ...answer }, { url: sentForm.action, fields });
  return true;
}

function place(id, frame) {
  const present = room.querySelector(`[data-poll="${id}"]`);
  const isRevealed = present?.hasAttribute("data-revealed") || false;
  if (frame.total !== undefined) {
    const total = present?.querySelector("[data-total]");
    if (total) inWords(total, frame.total);
  }
  if (frame.type === "poll.state" && !frame.html) {
    present?.remove();
  } else if (frame.html) {
    // Somebody may be choosing or writing at this moment: the same form stays under the finger.
    const isSameForm = present?.dataset.state === "open" && (frame.state || "open") === "open";
    if (isSameForm && isRevealed === Boolean(frame.revealed) && frame.type === "poll.state") return;
    const fresh = parsed(frame.html);
    if (isSameForm) replaceAround(present, fresh);
    else if (present) present.replaceWith(fresh);
    else listOf("polls").prepend(fresh);
    window.htmx?.process(room.querySelector(`[data-poll="${id}"]`));
    showAnswer(id);
  }
  showSections();
}

// Everything in a poll but its form.
function replaceAround(present, fresh) {
  const kept = [...present.children].find((part) => part.querySelector("form"));
  const parts = [...fresh.children];
  const place = parts.findIndex((part) => part.id === kept.id);
  for (const part of [...present.children]) if (part !== kept) part.remove();
  kept.before(...parts.slice(0, place));
  kept.after(...parts.slice(place + 1));
  present.dataset.state = fresh.dataset.state;
  present.toggleAttribute("data-revealed", fresh.hasAttribute("data-revealed"));
}

const isUsed = (fields) =>
  fields.some((field) => field === document.activeElement || field.checked !== field.defaultChecked || field.value !== field.defaultValue);

function showAnswer(id) {
  const poll = room.querySelector(`[data-poll="${id}"]`);
  const answer = answers.get(id);
  if (!poll || answer === undefined) return;
  const fields = [...poll.querySelectorAll("form input[name=option], form input[name=words]")];
  if (!isUsed(fields)) {
    for (const [number, field] of fields.entries()) {
      if (field.name === "option") field.checked = answer.options.includes(Number(field.value));
      else field.value = answer.words[number] || "";
    }
  }
  const note = poll.querySelector("[data-answered]");
  if (note) note.hidden = false;
  const results = poll.querySelectorAll(".poll__result");
  for (const option of answer.options) mark(results[option]?.querySelector("span"));
}

function mark(result) {
  if (!result || result.querySelector(".poll__mine")) return;
  const mine = document.createElement("span");
  mine.className = "poll__mine";
  mine.textContent = ` ${config.wordsYours}`;
  result.append(mine);
}
