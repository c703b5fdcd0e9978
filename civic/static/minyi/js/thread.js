/* New comments appear in the thread of a space without disturbing anybody who reads or writes.
   Words come from #thread-words (discussions/live/thread_words.html); without it the thread is still kept up to date. */

import { lineTo } from "./socket.js";

const list = document.getElementById("thread");
const words = document.getElementById("thread-words")?.dataset || {};
const waiting = new Map();
let button;
let said;

const item = (id) => document.getElementById(`c${id}`);

function parsed(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  return holder.content.querySelector("li");
}

function inWords(one, many, number) {
  return number === 1 ? one : many?.replace("%n", number.toLocaleString());
}

function announce(text) {
  if (!text) return;
  if (!said) {
    said = document.createElement("p");
    said.className = "visually-hidden";
    said.setAttribute("role", "status");
    list.before(said);
  }
  // A region is read out when it changes; the same words again would be silence.
  said.textContent = said.textContent === text ? `${text}\u00a0` : text;
}

const isBusy = (element) => element.contains(document.activeElement) && document.activeElement !== document.body;

// Somebody who types, moves through the list by keys or has scrolled into it keeps the place.
function readerIsInside() {
  const typing = document.activeElement?.matches("input, textarea, select, [contenteditable]") && list.contains(document.activeElement);
  return typing || isBusy(list) || list.getBoundingClientRect().top < 0;
}

function insertRoot(frame) {
  const fresh = parsed(frame.html);
  if (!fresh || item(frame.id)) return;
  list.prepend(fresh);
  window.htmx?.process(fresh);
  document.querySelector("[data-empty]")?.remove();
}

function newRoot(frame) {
  if (list.dataset.live === "no") return;
  if (words.one && readerIsInside()) {
    waiting.set(frame.id, frame);
    showButton();
  } else {
    insertRoot(frame);
    announce(inWords(words.saidOne, words.saidMany, 1));
  }
}

function showButton() {
  if (!waiting.size) {
    button?.remove();
    button = undefined;
    return;
  }
  if (!button) {
    button = document.createElement("button");
    button.type = "button";
    button.className = "button button--plain";
    button.addEventListener("click", showWaiting);
    list.before(button);
  }
  button.textContent = inWords(words.one, words.many, waiting.size);
  announce(inWords(words.saidOne, words.saidMany, waiting.size));
}

function showWaiting() {
  const frames = [...waiting.values()];
  waiting.clear();
  for (const frame of frames) insertRoot(frame);
  showButton();
  const first = item(frames.at(-1)?.id);
  if (first) {
    first.tabIndex = -1;
    first.focus();
  }
}

const depth = (element) => Number(element.className.match(/thread__item--depth-(\d+)/)?.[1] || 0);

// Replies of one branch stand in one list, in the order of the conversation: a new one goes behind its parent's replies.
function insertReply(frame) {
  const root = item(frame.root);
  const parent = item(frame.parent);
  const fresh = parsed(frame.html);
  if (!root || !parent || !fresh) return;
  let replies = document.getElementById(`r${frame.root}`);
  if (!replies) {
    const holder = document.createElement("li");
    holder.className = "thread__replies";
    replies = document.createElement("ol");
    replies.className = "thread thread--replies";
    replies.id = `r${frame.root}`;
    if (words.replies) replies.setAttribute("aria-label", words.replies);
    holder.append(replies);
    root.after(holder);
  }
  let before = parent === root ? null : parent.nextElementSibling;
  if (parent === root) before = replies.querySelector(":scope > li:not([id])");
  else while (before?.id && depth(before) > depth(parent)) before = before.nextElementSibling;
  replies.insertBefore(fresh, before);
  window.htmx?.process(fresh);
  announce(words.saidReply);
}

// Only what changed is exchanged; a field in use inside the comment stays until it is left.
function replace(present, frame) {
  const fresh = parsed(frame.html);
  if (!fresh) return;
  if (present.querySelector("input, textarea, select") && isBusy(present)) {
    present.addEventListener("focusout", () => setTimeout(() => replace(present, frame)), { once: true });
    return;
  }
  present.replaceChildren(...fresh.childNodes);
  window.htmx?.process(present);
}

function hear(frame) {
  if (!frame.html || !frame.root) return;
  const present = item(frame.id);
  if (waiting.has(frame.id)) {
    if (frame.state === "visible") waiting.set(frame.id, frame);
    else waiting.delete(frame.id);
    showButton();
  } else if (present) {
    // One's own comment came with the answer to the form; it knows that it is mine.
    if (frame.type !== "comment.posted") replace(present, frame);
  } else if (frame.state === "visible") {
    if (frame.parent) insertReply(frame);
    else if (frame.type === "comment.posted" || frame.type === "comment.released") newRoot(frame);
  }
}

function missedMuch() {
  if (!words.missed || document.getElementById("thread-missed")) return;
  const link = document.createElement("a");
  link.id = "thread-missed";
  link.className = "button button--plain";
  link.href = location.pathname + location.search;
  link.textContent = words.missed;
  list.before(link);
  announce(words.missed);
}

// The answer to one's own form and the news of it may come in either order; the answer knows that it is mine.
function keepMine(event) {
  if (event.target !== list) return;
  document.querySelector("[data-empty]")?.remove();
  const { id } = list.firstElementChild;
  for (const twin of list.querySelectorAll(`:scope > [id="${id}"] ~ [id="${id}"]`)) twin.remove();
}

if (list?.dataset.space) {
  document.addEventListener("htmx:afterSwap", keepMine);
  const { space, seq } = list.dataset;
  const line = lineTo({ space, seq, who: words.who || 0, missedUrl: words.missedUrl });
  line.addEventListener("frame", (event) => hear(event.detail));
  line.addEventListener("gap", missedMuch);
}
