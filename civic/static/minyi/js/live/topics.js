/* The map of topics: it comes whole, and each disc wanders from its old place to the new one. */

import { parsed } from "./parts.js";

export function hear(frame) {
  const present = document.querySelector("[data-topics]");
  if (!present || present.contains(document.activeElement)) return;
  const fresh = parsed(frame.html);
  const places = new Map();
  for (const disc of fresh.querySelectorAll("g[data-topic] circle")) {
    const before = present.querySelector(`g[data-topic="${disc.parentElement.dataset.topic}"] circle`);
    if (!before) continue;
    places.set(disc, ["cx", "cy", "r"].map((name) => [name, disc.getAttribute(name)]));
    for (const name of ["cx", "cy", "r"]) disc.setAttribute(name, before.getAttribute(name));
  }
  present.replaceWith(fresh);
  // The browser has to have drawn the old places before the new ones move.
  fresh.getBoundingClientRect();
  requestAnimationFrame(() => {
    for (const [disc, wanted] of places) for (const [name, value] of wanted) disc.setAttribute(name, value);
  });
}
