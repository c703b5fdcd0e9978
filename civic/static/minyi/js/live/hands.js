/* Asking to speak: the length of the queue, one's own place, the button. */

import { announce, config, inWords, room } from "./parts.js";

const TOLD = 50; // hands of whom a frame tells the order
let box;
// The number of this person's hand; everybody hears the same frames and finds their own number in them.
let hand = "";
let isOpen = false;

export function read() {
  box = document.querySelector("[data-hands]");
  if (!box) return;
  hand = box.dataset.hand;
  isOpen = !box.hidden;
}

export function hear(frame) {
  if (!box || frame.type !== "hands.changed") return;
  const order = frame.order ? frame.order.split(" ") : [];
  const isUp = hand && (order.includes(hand) || frame.speaking === hand || frame.waiting > order.length);
  if (!isUp) hand = "";
  isOpen = frame.open;
  showWaiting(frame.waiting);
  if (frame.speaking && frame.speaking === hand) showPlace("now", 0);
  else if (!hand) showPlace("", 0);
  else showPlace(order.includes(hand) ? "place" : "far", order.includes(hand) ? order.indexOf(hand) + 1 : TOLD);
  showButtons();
}

export function submit(form, line) {
  if (!form.matches("[data-hand-up], [data-hand-down]")) return false;
  line.send({ type: "hand", session: config.session, raised: form.matches("[data-hand-up]") }, { url: form.action });
  return true;
}

export function settled(frame, answer) {
  if (frame.type !== "hand" || answer.error) return false;
  hand = answer.hand || "";
  showWaiting(answer.waiting);
  showPlace(hand && answer.place ? "place" : "", answer.place);
  if (hand) announce(box.querySelector("[data-hands-place]").textContent);
  showButtons();
  return true;
}

function showWaiting(waiting) {
  const words = box.querySelector("[data-hands-waiting]");
  if (waiting) inWords(words, waiting);
  else words.textContent = words.dataset.none;
}

function showPlace(kind, number) {
  const words = box.querySelector("[data-hands-place]");
  const told = kind ? words.dataset[kind].replace("%n", number.toLocaleString()) : "";
  if (words.textContent === told) return;
  words.textContent = told;
  if (kind === "now") announce(told);
}

function showButtons() {
  const [up, down] = [box.querySelector("[data-hand-up]"), box.querySelector("[data-hand-down]")];
  const hadFocus = box.contains(document.activeElement) && document.activeElement.matches("button");
  if (up) up.hidden = Boolean(hand) || !isOpen;
  if (down) down.hidden = !hand;
  box.hidden = !isOpen && !hand;
  if (hadFocus && room) (hand ? down : up)?.querySelector("button").focus();
}
