/* The room of a live session, the wall of the hall and the facilitator's desk.
   The room is changed piece by piece and never touches a field in use; wall and desk fetch their part anew.
   Words come from #line (discussions/live/line.html). */

import { lineTo, newId } from "./socket.js";

const config = document.getElementById("line").dataset;
const room = document.getElementById("room-body");
const form = document.querySelector("[data-ask]");
const line = lineTo({
  space: config.space,
  seq: config.seq,
  who: config.who,
  missedUrl: config.missedUrl,
  watching: config.part !== "room",
});
if (config.state === "closed") line.rest("ended");
const isMember = config.who !== "0";

const parsed = (html) => {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  return holder.content.firstElementChild;
};
const busy = (element) => element.contains(document.activeElement) && document.activeElement.matches("input, textarea, select");
const listOf = (name) => room.querySelector(`[data-list="${name}"]`);
const toast = (words, kind) => words && document.dispatchEvent(new CustomEvent("minyi:toast", { detail: { words, kind } }));

function announce(words) {
  const said = document.getElementById("said");
  if (said && words) said.textContent = said.textContent === words ? `${words}\u00a0` : words;
}

function inWords(element, number) {
  element.textContent = number === 1 ? element.dataset.one : element.dataset.many.replace("%n", number.toLocaleString());
  element.hidden = false;
}

// What the server sends is what everybody sees; what this person did is kept on this side.

const mine = {
  raised: new Set(),
  answers: new Map(),
  read() {
    for (const button of room?.querySelectorAll('.question__raise[aria-pressed="true"]') || []) {
      this.raised.add(button.closest("[data-question]").dataset.question);
    }
    for (const choice of room?.querySelectorAll("[data-poll] input:checked") || []) {
      const poll = choice.closest("[data-poll]");
      if (!poll.querySelector("[data-answered]")?.hidden) this.answers.set(poll.dataset.poll, Number(choice.value));
    }
  },
};

function showRaise(id, raises) {
  const place = room.querySelector(`[data-question="${id}"]`);
  const button = place?.querySelector(".question__raise");
  if (!button) return;
  const pressed = mine.raised.has(id);
  button.setAttribute("aria-pressed", String(pressed));
  const [count, words] = button.querySelectorAll("span");
  if (words) words.textContent = pressed ? config.wordsLower : config.wordsRaise;
  if (raises !== undefined) {
    count.textContent = raises.toLocaleString();
    place.dataset.raised = raises;
  }
  const action = button.form.getAttribute("action").replace(/raised=[01]/, `raised=${pressed ? 0 : 1}`);
  button.form.setAttribute("action", action);
  button.form.setAttribute("hx-post", action);
}

function placeQuestion(frame) {
  const present = room.querySelector(`[data-question="${frame.id}"]`);
  const hadFocus = present?.contains(document.activeElement);
  if (!frame.html) {
    present?.remove();
  } else {
    const fresh = parsed(frame.html);
    const target = listOf(frame.state);
    // The order holds still while people read: a question keeps its place, a new one stands behind those that are raised.
    if (present && present.parentElement === target) {
      present.replaceWith(fresh);
    } else {
      present?.remove();
      const behind = [...target.children].find((other) => Number(other.dataset.raised) <= frame.raises);
      target.insertBefore(fresh, behind || null);
    }
    window.htmx?.process(fresh);
    showRaise(frame.id);
    if (hadFocus) fresh.querySelector(".question__raise")?.focus();
  }
  showSections();
}

function showSections() {
  room.querySelector("[data-panel]").hidden = !listOf("current").children.length;
  room.querySelector("[data-done]").hidden = !listOf("answered").children.length;
  room.querySelector("[data-none]").hidden = Boolean(listOf("asked").children.length);
  room.querySelector("[data-polls]").hidden = !listOf("polls").children.length;
}

function placePoll(frame) {
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
    const sameForm = present?.dataset.state === "open" && (frame.state || "open") === "open";
    if (sameForm && isRevealed === Boolean(frame.revealed) && frame.type === "poll.state") return;
    const fresh = parsed(frame.html);
    if (sameForm && busy(present)) replaceAround(present, fresh);
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
  const answer = mine.answers.get(id);
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

function showSession(frame) {
  const takes = frame.state === "closed" ? "ended" : frame.floor ? "taking" : "waiting";
  for (const element of document.querySelectorAll("[data-when]")) element.hidden = element.dataset.when !== frame.state;
  // Words already typed stay in the form; it is only put away.
  for (const element of document.querySelectorAll("[data-takes]")) element.hidden = element.dataset.takes !== takes;
  for (const button of room?.querySelectorAll(".question__raise") || []) {
    const over = button.closest("[data-question]").dataset.state === "answered";
    button.disabled = takes !== "taking" || over;
  }
  line.rest(frame.state === "closed" ? "ended" : "live");
}

function hearInRoom(frame) {
  if (frame.type === "question.raised") showRaise(frame.id, frame.raises);
  else if (frame.type.startsWith("question.")) placeQuestion(frame);
  else if (frame.type.startsWith("poll.")) placePoll(frame);
  if (frame.type === "question.asked") announce(config.wordsNewQuestion);
  if (frame.type === "question.state" && frame.state === "current") announce(config.wordsNow);
  if (frame.type === "poll.state" && frame.state === "open") announce(config.wordsPoll);
}

// The parts that are fetched anew.

let fetching;

async function fetchPart() {
  fetching = undefined;
  const place = document.getElementById({ screen: "wall", desk: "desk-body" }[config.part] || "room-body");
  // Nothing moves under somebody's hands: a desk in use is fetched when the hand is off it.
  if (config.part !== "screen" && (busy(place) || (config.part === "desk" && place.matches(":hover, :focus-within")))) {
    fetchSoon(2000);
    return;
  }
  try {
    const answer = await fetch(config.stateUrl, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    place.innerHTML = await answer.text();
    window.htmx?.process(place);
    mine.read();
  } catch {
    fetchSoon(5000);
  }
}

function fetchSoon(after = 250) {
  fetching ??= setTimeout(fetchPart, after);
}

line.addEventListener("frame", ({ detail: frame }) => {
  if (frame.type === "presence") {
    for (const element of document.querySelectorAll("[data-presence]")) inWords(element, frame.people);
  } else if (frame.type === "signed_out") {
    toast(frame.message, "error");
  } else if (frame.session === config.session) {
    if (frame.type === "session.state") showSession(frame);
    if (room) hearInRoom(frame);
    else if (frame.type === "poll.voted" && config.part === "screen" && !frame.html) showTotal(frame);
    else fetchSoon();
  }
});
line.addEventListener("gap", () => fetchSoon());

function showTotal(frame) {
  const shown = document.querySelector(`[data-wall-total="${frame.id}"]`);
  if (shown) shown.textContent = frame.total.toLocaleString();
}

// Sending. The forms work without this file; with it they do not leave the page.

line.addEventListener("settled", ({ detail: { frame, answer } }) => {
  if (answer.error) {
    if (frame.type === "ask") refused(frame, answer);
    else toast(answer.message, "error");
  } else if (frame.type === "ask") {
    sent(frame);
  } else if (frame.type === "raise") {
    answer.raised ? mine.raised.add(answer.question) : mine.raised.delete(answer.question);
    showRaise(answer.question, answer.raises);
  } else if (frame.type === "answer_poll") {
    mine.answers.set(answer.poll, answer.option);
    showAnswer(answer.poll);
  }
});

function sent(frame) {
  toast(config.wordsSent);
  if (!form || form.elements.client_id.value !== frame.id) return;
  form.elements.text.value = "";
  form.elements.text.readOnly = false;
  form.querySelector("[data-kept]").hidden = true;
  form.elements.client_id.value = newId();
  form.elements.text.dispatchEvent(new Event("input", { bubbles: true }));
  showRefusal("");
}

function refused(frame, answer) {
  if (!form || form.elements.client_id.value !== frame.id) {
    toast(answer.message, "error");
    return;
  }
  form.elements.text.readOnly = false;
  form.querySelector("[data-kept]").hidden = true;
  showRefusal(answer.message);
  form.elements.text.focus();
}

function showRefusal(words) {
  const place = form.querySelector("[data-refusal]");
  place.textContent = words;
  place.hidden = !words;
}

function ask() {
  const { client_id: id, text } = form.elements;
  if (text.readOnly) return;
  // Until the answer comes the words stay in view and cannot be changed: one id, one question.
  text.readOnly = true;
  const fields = { client_id: id.value, text: text.value };
  line.send({ type: "ask", id: id.value, session: config.session, text: text.value }, { url: form.action, fields });
  form.querySelector("[data-kept]").hidden = line.isLive;
}

function raise(raiseForm) {
  const question = raiseForm.closest("[data-question]").dataset.question;
  const raised = !mine.raised.has(question);
  line.send({ type: "raise", question, raised }, { url: raiseForm.action });
}

function answerPoll(pollForm) {
  const poll = pollForm.closest("[data-poll]").dataset.poll;
  const option = Number(new FormData(pollForm).get("option"));
  line.send({ type: "answer_poll", poll, option }, { url: pollForm.action, fields: { option } });
}

document.addEventListener(
  "submit",
  (event) => {
    const sentForm = event.target;
    // Guests are led to the sign-in page by the plain form.
    if (!room || !isMember) return;
    let act;
    if (sentForm === form) act = ask;
    else if (sentForm.closest("[data-question]")) act = raise;
    else if (sentForm.closest("[data-poll]")) act = answerPoll;
    if (!act) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    act(sentForm);
  },
  true,
);

mine.read();
for (const { frame } of line.kept.values()) {
  // Something asked before a reload is still on its way: it stands in the form as it was sent.
  if (form && frame.type === "ask" && frame.session === config.session && !form.elements.text.value) {
    form.elements.client_id.value = frame.id;
    form.elements.text.value = frame.text;
    form.elements.text.readOnly = true;
  }
}
