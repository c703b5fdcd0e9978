/* Questions in the room: they come, rise, go to the panel and are answered. */

import { newId } from "../socket.js";
import { announce, config, listOf, parsed, room, showSections, toast } from "./parts.js";

const form = document.querySelector("[data-ask]");
// What the server sends is what everybody sees; what this person raised is kept on this side.
const raised = new Set();

export function read() {
  for (const button of room.querySelectorAll('.question__raise[aria-pressed="true"]')) {
    raised.add(button.closest("[data-question]").dataset.question);
  }
}

export function hear(frame) {
  if (frame.type === "question.raised") showRaise(frame.id, frame.raises);
  else if (frame.type.startsWith("question.")) place(frame);
  if (frame.type === "question.asked") announce(config.wordsNewQuestion);
  if (frame.type === "question.state" && frame.state === "current") announce(config.wordsNow);
}

export function settled(frame, answer) {
  if (frame.type === "ask") answer.error ? refused(frame, answer) : sent(frame);
  else if (frame.type === "raise" && !answer.error) {
    answer.raised ? raised.add(answer.question) : raised.delete(answer.question);
    showRaise(answer.question, answer.raises);
  } else return false;
  return true;
}

export function submit(sentForm, line) {
  if (sentForm === form) ask(line);
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
  const target = frame.html && listOf(frame.state);
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

function sent(frame) {
  toast(config.wordsSent);
  if (!isInForm(frame)) return;
  form.elements.text.value = "";
  form.elements.text.readOnly = false;
  form.querySelector("[data-kept]").hidden = true;
  form.elements.client_id.value = newId();
  form.elements.text.dispatchEvent(new Event("input", { bubbles: true }));
  showRefusal("");
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

const isInForm = (frame) => form && form.elements.client_id.value === frame.id;

function showRefusal(words) {
  const place = form.querySelector("[data-refusal]");
  place.textContent = words;
  place.hidden = !words;
}
