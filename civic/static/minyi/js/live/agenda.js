/* The agenda, the time until the session begins, and the video that nobody is asked for before "play". */

import { parsed } from "./parts.js";

export function read() {}

export function hear(frame) {
  if (frame.type !== "agenda.changed") return;
  document.querySelector("[data-agenda]")?.replaceWith(parsed(frame.html));
}

export const settled = () => false;
export const submit = () => false;

const countdown = document.querySelector("[data-countdown]");

function tick() {
  const seconds = Math.max(0, Math.round((Date.parse(countdown.dataset.countdown) - Date.now()) / 1000));
  const two = (number) => String(number).padStart(2, "0");
  const parts = {
    "{d}": Math.floor(seconds / 86400),
    "{h}": Math.floor(seconds / 3600) % (seconds >= 86400 ? 24 : Infinity),
    "{m}": two(Math.floor(seconds / 60) % 60),
    "{s}": two(seconds % 60),
  };
  const { days, hours, soon, past } = countdown.dataset;
  const words = seconds >= 86400 ? days : seconds >= 3600 ? hours : seconds ? soon : past;
  countdown.textContent = words.replace(/\{[dhms]\}/g, (part) => parts[part]);
}

if (countdown) {
  tick();
  setInterval(tick, 1000);
}

const video = document.querySelector("[data-video]");
const play = video?.querySelector("[data-play]");
if (play) {
  play.hidden = false;
  play.addEventListener("click", () => {
    const frame = document.createElement("iframe");
    frame.src = video.dataset.video;
    frame.title = video.dataset.title;
    frame.allow = "fullscreen; encrypted-media; picture-in-picture";
    frame.allowFullscreen = true;
    frame.referrerPolicy = "strict-origin";
    video.prepend(frame);
    play.remove();
  });
}
