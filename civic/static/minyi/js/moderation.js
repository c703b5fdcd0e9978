/* The queue by keyboard. Every key presses a button or moves the focus; without this file the buttons do the same. */
"use strict";

const groups = [...document.querySelectorAll("[data-group]")];
const bulk = document.getElementById("bulk");
const chosenWords = document.querySelector("[data-chosen]");
const defaultWords = chosenWords?.textContent;
let current = -1;

const chosen = () => groups.filter((group) => group.querySelector("input[name=group][form=bulk]")?.checked);

function show(position) {
  if (!groups.length) return;
  current = Math.max(0, Math.min(position, groups.length - 1));
  groups[current].focus();
  groups[current].scrollIntoView({ block: "nearest" });
}

function decision() {
  return chosen().length ? bulk : groups[current]?.querySelector("[data-decision]");
}

function press(act) {
  decision()?.querySelector(`[data-act=${act}]`)?.click();
}

function choose(number) {
  const select = decision()?.querySelector("select[name=reason]");
  if (select && select.options[number]) select.selectedIndex = number;
}

function count() {
  const number = chosen().length;
  chosenWords.textContent = number ? chosenWords.dataset.words.replace("{n}", number) : defaultWords;
}

function pick() {
  const box = groups[current]?.querySelector("input[name=group][form=bulk]");
  if (!box) return;
  box.checked = !box.checked;
  count();
}

/* Back from a decision: where one was, among what is left. Back from claiming: the same group, wherever it stands now.
   What was done is said at the top of the page; whoever is further down reads it at the foot of the window. */
function comeBack() {
  const [, place] = location.hash.match(/^#place-([0-9]+)$/) ?? [];
  const position = place ? Number(place) - 1 : groups.findIndex((group) => `#${group.id}` === location.hash);
  if (position < 0 || !groups.length) return;
  document.querySelector(".messages")?.classList.add("queue__told");
  show(position);
}

const keys = {
  j: () => show(current + 1),
  k: () => show(current - 1),
  h: () => press("hide"),
  r: () => press("release"),
  x: pick,
  c: () => groups[current]?.querySelector("[data-claim] button")?.click(),
  "?": () => {
    const list = document.querySelector("[data-keys]");
    list.tabIndex = -1;
    list.focus();
    list.scrollIntoView({ block: "center" });
  },
};

document.addEventListener("keydown", (event) => {
  const field = event.target.closest("input:not([type=checkbox]), textarea, select");
  if (field && event.key === "Escape") show(Math.max(current, 0));
  if (field || event.ctrlKey || event.metaKey || event.altKey) return;
  if (/^[1-9]$/.test(event.key)) choose(Number(event.key));
  else if (keys[event.key]) keys[event.key]();
  else return;
  event.preventDefault();
});

for (const group of groups) group.addEventListener("focusin", () => (current = groups.indexOf(group)));
bulk?.addEventListener("submit", () => (bulk.elements.place.value = current + 1));
document.addEventListener("change", (event) => {
  if (event.target.matches("input[name=group][form=bulk]")) count();
});
comeBack();
