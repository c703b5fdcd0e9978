/* The facilitator's desk. Every key presses a button that is on the page; without this file the buttons do the same.
   Nothing moves under the hand: news wait until the hand rests, and what one looks at stays where it is. */

import { config, toast } from "./parts.js";

const REST = 3000; // ms without a key or a movement after which the desk may change
const AGAIN = 500;
const SELDOM = 2000; // ms between two looks at a busy room
const FIELDS = "input:not([type=checkbox], [type=radio], [type=hidden]), textarea, select";

const body = document.getElementById("desk-body");
const news = document.getElementById("desk-news");
let touched = 0;
let shownAt = 0;
let timer;
let isFetching = false;
let joining = new URLSearchParams(location.search).get("join") || "";

/** Something happened in the session. */
export function hear(frame) {
  if (frame?.type === "question.raised" && showRaises(frame)) return;
  if (frame?.state === "hidden" || frame?.state === "withdrawn") takeWords(frame.id);
  if (frame?.type === "poll_word.hidden") takeSaid(frame.poll);
  changed();
}

function changed() {
  timer ??= setTimeout(whenRested, AGAIN);
}

function whenRested() {
  timer = undefined;
  if (isAtWork()) {
    if (news) news.hidden = false;
    timer = setTimeout(whenRested, AGAIN);
  } else if (Date.now() - shownAt < SELDOM) timer = setTimeout(whenRested, AGAIN);
  else show();
}

const isTyping = () => body.contains(document.activeElement) && document.activeElement.matches(FIELDS);
const TAKEN_UP = "details[data-tool][open], input:checked";
const isAtWork = () => isTyping() || Date.now() - touched < REST || body.querySelector(TAKEN_UP) !== null;

// What the hand has taken up: a field, a tool, a choice. One that it took up while the desk was on its way here stays.
const held = () => [...(isTyping() ? [document.activeElement] : []), ...body.querySelectorAll(TAKEN_UP)];

function showRaises(frame) {
  const shown = body.querySelectorAll(`[data-question="${frame.id}"] [data-raises]`);
  const { raisedOne, raisedMany } = document.getElementById("desk-words").dataset;
  const words = frame.raises === 1 ? raisedOne : raisedMany.replace("%n", frame.raises.toLocaleString());
  for (const place of shown) place.textContent = words;
  return shown.length > 0;
}

// Hidden and withdrawn words leave at once, also under a hand that does not rest; the place they had stays.
function takeWords(id) {
  const { gone } = document.getElementById("desk-words").dataset;
  for (const words of body.querySelectorAll(`[data-question="${id}"] .question__words`)) words.textContent = gone;
  for (const joined of body.querySelectorAll(`[data-joined="${id}"]`)) joined.remove();
}

// A word that was hidden in a poll: its list is exchanged at once, and what was chosen in it stays chosen.
async function takeSaid(poll) {
  const list = () => body.querySelector(`[data-words-of="${poll}"]`);
  if (!list()) return;
  try {
    const answer = await fetch(config.stateUrl, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const holder = document.createElement("template");
    holder.innerHTML = await answer.text();
    const fresh = holder.content.querySelector(`[data-words-of="${poll}"]`);
    const chosen = [...(list()?.querySelectorAll("input:checked") || [])].map((word) => word.value);
    for (const word of fresh?.querySelectorAll("input") || []) word.checked = chosen.includes(word.value);
    if (fresh) list()?.replaceWith(fresh);
    else list()?.replaceChildren();
  } catch {
    // The next look at the desk shows it.
  }
}

/** Fetch the desk; `next` is the question that gets the focus instead of the one that has it. */
async function show(next) {
  if (isFetching) {
    changed();
    return;
  }
  clearTimeout(timer);
  timer = undefined;
  isFetching = true;
  shownAt = Date.now();
  const before = held();
  try {
    const address = joining ? `${config.stateUrl}&join=${encodeURIComponent(joining)}` : config.stateUrl;
    const answer = await fetch(address, { headers: { Accept: "text/html" } });
    const html = answer.ok && (await answer.text());
    if (html && held().some((part) => !before.includes(part))) changed();
    else if (html) replace(html, next);
  } catch {
    timer ??= setTimeout(whenRested, 10 * AGAIN);
  } finally {
    isFetching = false;
  }
}

function replace(html, next) {
  const kept = current();
  const open = [...body.querySelectorAll("details[open]")].map(nameOf);
  const anchor = kept || items().find((item) => item.getBoundingClientRect().bottom > 0);
  const top = anchor?.getBoundingClientRect().top;
  body.innerHTML = html;
  for (const details of body.querySelectorAll("details")) if (open.includes(nameOf(details))) details.open = true;
  window.htmx?.process(body);
  if (news) news.hidden = true;
  const place = found(anchor?.dataset.question);
  if (place) scrollBy(0, place.getBoundingClientRect().top - top);
  const wanted = found(next) || (kept && place);
  if (wanted) look(wanted);
}

const nameOf = (details) => details.dataset.column || details.id || "";
const items = () => [...body.querySelectorAll("[data-desk-item]")].filter((item) => item.checkVisibility());
const found = (id) => (id ? body.querySelector(`[data-desk-item][data-question="${id}"]`) : null);
const current = () => document.activeElement?.closest?.("#desk-body [data-desk-item]");

function look(item) {
  item.focus({ preventScroll: true });
  item.scrollIntoView({ block: "nearest" });
}

function move(step) {
  const all = items();
  const place = all.indexOf(current());
  const target = all[place < 0 ? 0 : Math.max(0, Math.min(place + step, all.length - 1))];
  if (target) look(target);
}

function press(key) {
  const place = key === "n" || key === "Escape" ? body : current();
  place?.querySelector(`[data-key="${key}"]`)?.click();
}

function unfold(tool, field) {
  const details = current()?.querySelector(`details[data-tool="${tool}"]`);
  if (!details) return;
  details.open = true;
  details.querySelector(field)?.focus();
}

function leave(target) {
  const details = target.closest("details[data-tool][open]");
  if (details) {
    details.open = false;
    details.querySelector("summary").focus();
  } else if (joining) press("Escape");
  else target.closest("[data-desk-item]")?.focus();
}

const KEYS = {
  j: () => move(1),
  k: () => move(-1),
  w: () => unfold("answer", "textarea"),
  h: () => unfold("hide", "select"),
  r: () => show(),
  "?": () => {
    const keys = document.getElementById("keys");
    keys.open = true;
    keys.querySelector("summary").focus();
  },
};
for (const key of "psamxbn") KEYS[key] = () => press(key);

// The question after this one takes the focus once this one has gone on.
function following(item) {
  const list = item ? [...item.parentElement.querySelectorAll(":scope > [data-desk-item]")] : [];
  const place = list.indexOf(item);
  return (list[place + 1] || list[place - 1])?.dataset.question;
}

async function send(form, button) {
  const fields = new FormData(form, button);
  const next = following(form.closest("[data-desk-item]"));
  const token = JSON.parse(document.body.getAttribute("hx-headers") || "{}");
  try {
    const headers = { Accept: "application/json", ...token };
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(fields), headers });
    if (!answer.ok) {
      toast((await answer.json()).message, "error");
      return;
    }
  } catch {
    toast(body.dataset.wordsLost, "error");
    return;
  }
  const tool = form.closest("details[data-tool]");
  if (tool) tool.open = false;
  join("");
  await show(next);
}

function join(id) {
  joining = id;
  const address = new URL(location.href);
  if (id) address.searchParams.set("join", id);
  else address.searchParams.delete("join");
  history.replaceState(null, "", address);
}

export function start() {
  for (const kind of ["keydown", "pointermove", "pointerdown", "wheel"]) {
    body.addEventListener(kind, () => (touched = Date.now()), { passive: true });
  }
  news?.addEventListener("click", () => show());
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape" && body.contains(event.target)) {
      leave(event.target);
      return;
    }
    if (event.target.closest(`${FIELDS}, [contenteditable]`) || !KEYS[event.key]) return;
    touched = Date.now();
    event.preventDefault();
    KEYS[event.key]();
  });
  body.addEventListener("submit", (event) => {
    if (event.target.method !== "post") return;
    event.preventDefault();
    send(event.target, event.submitter);
  });
  body.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-key]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const next = link.closest("[data-desk-item]")?.dataset.question || joining;
    join(new URL(link.href).searchParams.get("join") || "");
    show(joining ? undefined : next).then(() => joining && body.querySelector("[data-joining]")?.scrollIntoView());
  });
}
