/* What the parts of a live page share: its words and addresses, and small things done to the page. */

export const config = document.getElementById("line").dataset;
export const room = document.getElementById("room-body");
export const isMember = config.who !== "0";

export function parsed(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  return holder.content.firstElementChild;
}

/** Somebody is typing or choosing in it at this moment. */
export const busy = (element) =>
  element.contains(document.activeElement) && document.activeElement.matches("input, textarea, select");

export const listOf = (name) => room.querySelector(`[data-list="${name}"]`);

export const toast = (words, kind) =>
  words && document.dispatchEvent(new CustomEvent("minyi:toast", { detail: { words, kind } }));

/** Say something to people who hear the page. */
export function announce(words) {
  const said = document.getElementById("said");
  if (said && words) said.textContent = said.textContent === words ? `${words}\u00a0` : words;
}

/** A number in the words that the element brings along. */
export function inWords(element, number) {
  element.textContent = number === 1 ? element.dataset.one : element.dataset.many.replace("%n", number.toLocaleString());
  element.hidden = false;
}

/** A section is shown while its list has something in it. */
export function showSections() {
  for (const section of room.querySelectorAll("[data-with]")) {
    section.hidden = !listOf(section.dataset.with)?.children.length;
  }
  for (const note of room.querySelectorAll("[data-without]")) {
    note.hidden = Boolean(listOf(note.dataset.without)?.children.length);
  }
}
