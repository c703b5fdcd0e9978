/* Questions in the room: they come, rise, go to the panel and are answered. */

import { newId } from "../socket.js";
import { announce, config, listOf, parsed, room, showSections, toast } from "./parts.js";

const form = document.querySelector("[data-ask]");
// What the server sends is what everybody sees; what this person raised and asked is kept on this side.
const raised = new Set();
const mine = new Set();
// The list in which a question of this state stands.
const LISTS = { shortlisted: "asked" };
const SELDOM = 30000; // ms between two times that new questions are told to those who hear the page
let toldAt = 0;
const MOST = 300; // questions in a list; the others are behind a link

export function read() {
  for (const button of room.querySelectorAll(".question__raise")) {
    const { question } = button.closest("[data-question]").dataset;
    if (button.getAttribute("aria-pressed") === "true") raised.add(question);
    else raised.delete(question);
  }
  for (const own of room.querySelectorAll("[data-withdraw]")) mine.add(own.closest("[data-question]").dataset.question);
}

export function hear(frame) {
  if (frame.type === "question.raised") showRaise(frame.id, frame.raises);
  else if (frame.type.startsWith("question.")) place(frame);
  // Whoever raised a question that was joined with another raises that one.
  if (frame.type === "question.merged" && raised.has(frame.id)) raised.add(frame.into);
  if (frame.type === "question.asked") tellSeldom();
  if (frame.type === "question.state" && frame.state === "current") {
    announce(`${config.wordsNow} ${listOf("current").querySelector(".question__words")?.textContent || ""}`);
  }
}

// In a full hall somebody asks every second: who hears the page is told now and then.
function tellSeldom() {
  if (Date.now() - toldAt < SELDOM) return;
  toldAt = Date.now();
  announce(config.wordsNewQuestion);
}

export function settled(frame, answer) {
  if (frame.type === "ask") answer.error ? refused(frame, answer) : sent(frame, answer);
  else if (frame.type === "withdraw" && !answer.error) toast(config.wordsWithdrawn);
  else if (frame.type === "raise" && !answer.error) {
    answer.raised ? raised.add(answer.question) : raised.delete(answer.question);
    showRaise(answer.question, answer.raises);
    showRaisedInstead(answer);
  } else return false;
  return true;
}

export function submit(sentForm, line, button) {
  if (sentForm === form) ask(line);
  else if (sentForm.matches("[data-withdraw]")) withdraw(sentForm, line);
  else if (sentForm.id === "raise-one") raiseInstead(button, line);
  else if (sentForm.matches("[data-question] form")) raise(sentForm, line);
  else return false;
  return true;
}

/** Something asked before a reload is still on its way: it stands in the form as it was sent. */
export function resume(frame) {
  if (!form || frame.type !== "ask" || frame.session !== config.session || form.elements.text.value) return;
  form.elements.client_id.value = frame.id;
  form.elements.text.value = frame.text;
  form.elements.text.readOnly = true;
}

export function showFloor(takes) {
  for (const button of room.querySelectorAll(".question__raise")) {
    const isOver = button.closest("[data-question]").dataset.state === "answered";
    button.disabled = takes !== "taking" || isOver;
  }
}

function showRaise(id, raises) {
  const question = room.querySelector(`[data-question="${id}"]`);
  const button = question?.querySelector(".question__raise");
  if (!button) return;
  const isPressed = raised.has(id);
  button.setAttribute("aria-pressed", String(isPressed));
  showWithdraw(question, raises);
  const [count, words] = button.querySelectorAll("span");
  if (words) words.textContent = isPressed ? config.wordsLower : config.wordsRaise;
  if (raises !== undefined) {
    count.textContent = raises.toLocaleString();
    question.dataset.raised = raises;
  }
  const action = button.form.getAttribute("action").replace(/raised=[01]/, `raised=${isPressed ? 0 : 1}`);
  button.form.setAttribute("action", action);
  button.form.setAttribute("hx-post", action);
}

function place(frame) {
  const present = room.querySelector(`[data-question="${frame.id}"]`);
  const hadFocus = present?.contains(document.activeElement);
  // One that was joined with another and is hidden now stands there.
  if (!frame.html) for (const joined of room.querySelectorAll(`[data-joined="${frame.id}"]`)) joined.remove();
  const target = frame.html && listOf(LISTS[frame.state] || frame.state);
  if (!target) {
    present?.remove();
  } else {
    const fresh = parsed(frame.html);
    // The order holds still while people read: a question keeps its place, a new one stands behind those that are raised.
    if (present && present.parentElement === target) {
      present.replaceWith(fresh);
    } else {
      present?.remove();
      const behind = [...target.children].find((other) => Number(other.dataset.raised) <= frame.raises);
      target.insertBefore(fresh, behind || null);
      if (target.children.length > MOST) target.lastElementChild.remove();
    }
    window.htmx?.process(fresh);
    showRaise(frame.id);
    if (hadFocus) fresh.querySelector(".question__raise")?.focus();
  }
  showSections();
}

function ask(line) {
  const { client_id: id, text } = form.elements;
  if (text.readOnly) return;
  // Until the answer comes the words stay in view and cannot be changed: one id, one question.
  text.readOnly = true;
  const fields = { client_id: id.value, text: text.value };
  line.send({ type: "ask", id: id.value, session: config.session, text: text.value }, { url: form.action, fields });
  form.querySelector("[data-kept]").hidden = line.isLive;
}

function raise(raiseForm, line) {
  const question = raiseForm.closest("[data-question]").dataset.question;
  line.send({ type: "raise", question, raised: !raised.has(question) }, { url: raiseForm.action });
}

// Raise what somebody asked already instead of asking it once more.
function raiseInstead(button, line) {
  const question = button?.dataset.raiseOne;
  if (question) line.send({ type: "raise", question, raised: true }, { url: button.formAction });
}

function showRaisedInstead(answer) {
  const button = document.querySelector(`[data-raise-one="${answer.question}"]`);
  if (!button || !answer.raised) return;
  button.disabled = true;
  toast(config.wordsRaised);
}

function withdraw(ownForm, line) {
  const question = ownForm.closest("[data-question]").dataset.question;
  line.send({ type: "withdraw", question }, { url: ownForm.action });
}

// One's own question can be taken back while nobody else raises it.
function showWithdraw(question, raises) {
  const id = question.dataset.question;
  const isFree = Number(raises ?? question.dataset.raised) === 0 && ["asked", "shortlisted", "parked", "held"].includes(question.dataset.state);
  const present = question.querySelector("[data-withdraw]");
  if (!mine.has(id) || !isFree) present?.remove();
  else if (!present) {
    const fresh = document.getElementById("withdraw-form").content.firstElementChild.cloneNode(true);
    fresh.action = fresh.action.replace(/\/0\//, `/${id}/`);
    question.querySelector(".question > div").append(fresh);
  }
}

function sent(frame, answer) {
  mine.add(answer.question);
  const present = room.querySelector(`[data-question="${answer.question}"]`);
  if (present) showWithdraw(present);
  toast(answer.state === "held" ? config.wordsHeld : config.wordsSent);
  if (answer.state === "held") showHeld(answer.question);
  const similar = form?.querySelector("[data-similar]");
  if (similar && isInForm(frame)) similar.replaceChildren();
  if (!isInForm(frame)) return;
  form.elements.text.value = "";
  form.elements.text.readOnly = false;
  form.querySelector("[data-kept]").hidden = true;
  form.elements.client_id.value = newId();
  form.elements.text.dispatchEvent(new Event("input", { bubbles: true }));
  showRefusal("");
}

// Nobody hears the words of a question that waits for a moderator; its author's own page has them.
async function showHeld(id) {
  try {
    const page = await fetch(config.stateUrl, { headers: { Accept: "text/html" } });
    if (!page.ok) return;
    const holder = document.createElement("template");
    holder.innerHTML = await page.text();
    const own = holder.content.querySelector(`[data-list="held"] > [data-question="${id}"]`);
    if (!own || room.querySelector(`[data-question="${id}"]`)) return;
    listOf("held").prepend(own);
    window.htmx?.process(own);
    showSections();
  } catch {
    // The page shows it when it is opened the next time.
  }
}

function refused(frame, answer) {
  if (!isInForm(frame)) {
    toast(answer.message, "error");
    return;
  }
  form.elements.text.readOnly = false;
  form.querySelector("[data-kept]").hidden = true;
  showRefusal(answer.message);
  form.elements.text.focus();
}

// What was refused is being changed.
form?.addEventListener("input", () => showRefusal(""));

const isInForm = (frame) => form && form.elements.client_id.value === frame.id;

function showRefusal(words) {
  const place = form.querySelector("[data-refusal]");
  place.textContent = words;
  place.hidden = !words;
}
