/* The statement on which the room votes. It is the vote of the statements page; only its result waits for the cue. */

import { announce, config, inWords, listOf, parsed, room, showSections } from "./parts.js";

// How this person voted, by statement.
const votes = new Map();

const shown = () => room.querySelector("[data-statement]");

export function read() {
  const pressed = shown()?.querySelector('[name=value][aria-pressed="true"]');
  if (pressed) votes.set(shown().dataset.statement, Number(pressed.value));
}

export function hear(frame) {
  if (frame.type === "session.state") {
    if (shown() && shown().dataset.statement !== frame.statement) shown().remove();
  } else if (frame.type.startsWith("statement.")) {
    place(frame);
  } else return;
  showSections();
}

export function settled(frame, answer) {
  if (frame.type !== "vote" || answer.error) return false;
  votes.set(answer.statement, answer.value);
  showVote();
  return true;
}

export function submit(sentForm, line, pressed) {
  const statement = sentForm.closest("[data-statement]")?.dataset.statement;
  if (!statement || !pressed) return false;
  const value = Number(pressed.value);
  const frame = { type: "vote", session: config.session, statement, value };
  line.send(frame, { url: sentForm.action, fields: { statement, value } });
  return true;
}

function place(frame) {
  const present = shown();
  if (frame.type === "statement.voted" && !frame.html) {
    const total = present?.dataset.statement === frame.id && present.querySelector("[data-total]");
    if (total) inWords(total, frame.total);
    return;
  }
  if (!frame.html) {
    if (present?.dataset.statement === frame.id) present.remove();
    return;
  }
  const focused = present?.contains(document.activeElement) ? document.activeElement.value : undefined;
  const fresh = parsed(frame.html);
  if (present) present.replaceWith(fresh);
  else listOf("statement").append(fresh);
  window.htmx?.process(fresh);
  showVote();
  if (focused !== undefined) fresh.querySelector(`[name=value][value="${focused}"]`)?.focus();
  if (present?.dataset.statement !== frame.id) announce(config.wordsStatement);
}

function showVote() {
  const value = votes.get(shown()?.dataset.statement);
  if (value === undefined) return;
  for (const button of shown().querySelectorAll("[name=value]")) {
    button.setAttribute("aria-pressed", String(Number(button.value) === value));
  }
  shown().querySelector("[data-voted]").hidden = false;
}
