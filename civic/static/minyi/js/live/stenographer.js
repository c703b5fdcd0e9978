/* The stenographer's page by keyboard: Enter sends, the speaker stays, the up key corrects the last line. Without this
   file the same forms send the same things. */

import { lineTo, newId } from "../socket.js";
import { announce, config, toast } from "./parts.js";
import { show } from "./transcript.js";

const line = lineTo({ space: config.space, seq: config.seq, who: config.who, missedUrl: config.missedUrl, watching: true });
const form = document.querySelector("[data-write]");
const lines = document.querySelector("[data-lines]");
const { speaker, text } = form.elements;
const buttons = document.querySelector("[data-speakers]");
const names = [...buttons.children].map((button) => button.dataset.speaker);
const MOST_NAMES = 9;

// Speakers: a digit with Alt, or a press.

function offer() {
  buttons.replaceChildren(
    ...names.map((name, place) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button";
      button.dataset.speaker = name;
      const key = document.createElement("kbd");
      key.textContent = `Alt+${place + 1}`;
      button.append(key, ` ${name}`);
      return button;
    }),
  );
}

function choose(name) {
  if (!name) return;
  speaker.value = name;
  announce(name);
  text.focus();
}

function remember(name) {
  // A speaker keeps the key; a new one takes the next free key.
  if (!name || names.includes(name) || names.length >= MOST_NAMES) return;
  names.push(name);
  offer();
}

buttons.addEventListener("click", ({ target }) => choose(target.closest("[data-speaker]")?.dataset.speaker));
document.addEventListener("keydown", (event) => {
  const digit = event.code.match(/^Digit([1-9])$/)?.[1];
  if (event.altKey && !event.ctrlKey && digit) {
    event.preventDefault();
    choose(names[digit - 1]);
  } else if (event.key === "Escape") {
    for (const open of lines.querySelectorAll("details[open]")) open.open = false;
    text.focus();
  } else if (event.key === "ArrowUp" && document.activeElement === text && !text.value && !event.isComposing) {
    event.preventDefault();
    const last = [...lines.querySelectorAll("details")].pop();
    if (!last) return;
    last.open = true;
    last.querySelector('[name="text"]').focus();
  }
});

// Lines: they stand at once, and are marked until the server has them.

const waiting = new Map();

function stand(frame) {
  const item = document.createElement("li");
  item.className = "spoken spoken--sending";
  item.dataset.at = Number.MAX_SAFE_INTEGER;
  const at = document.createElement("span");
  at.className = "spoken__at";
  at.textContent = "…";
  const said = document.createElement("p");
  said.className = "spoken__said";
  said.textContent = frame.speaker ? `${frame.speaker} ${frame.text}` : frame.text;
  item.append(at, said);
  lines.append(item);
  waiting.set(frame.id, item);
}

function write() {
  if (!text.value.trim()) return;
  const frame = { type: "write_line", id: newId(), session: config.session, speaker: speaker.value, text: text.value };
  const fields = { act: "write", client_id: frame.id, speaker: frame.speaker, text: frame.text };
  stand(frame);
  remember(frame.speaker.trim());
  line.send(frame, { url: form.action, fields });
  text.value = "";
  text.focus();
}

/** What was refused comes back into the field, unless something else is being typed there. */
function refused(frame, answer) {
  toast(answer.message, "error");
  if (text.value) return;
  speaker.value = frame.speaker;
  text.value = frame.text;
}

line.addEventListener("settled", ({ detail: { frame, answer } }) => {
  if (frame.type === "write_line") {
    waiting.get(frame.id)?.remove();
    waiting.delete(frame.id);
    if (answer.error) refused(frame, answer);
  } else if (answer.error) toast(answer.message, "error");
});
// Written before a reload, and still on its way.
for (const { frame } of line.kept.values()) {
  if (frame.type === "write_line" && frame.session === config.session) stand(frame);
}

function dress(item) {
  const edit = document.getElementById("edit-line").content.firstElementChild.cloneNode(true);
  const { elements } = edit.querySelector("form");
  elements.id.value = item.dataset.line;
  elements.speaker.value = item.querySelector(".spoken__who")?.textContent || "";
  elements.text.value = item.querySelector(".spoken__words").textContent;
  item.append(edit);
  return item;
}

line.addEventListener("frame", ({ detail: frame }) => {
  if (frame.session !== config.session) return;
  if (frame.type.startsWith("line.")) {
    const present = lines.querySelector(`[data-line="${frame.id}"]`);
    // A line that somebody is correcting at this moment is left alone.
    if (present?.contains(document.activeElement) && frame.html) return;
    show(lines, frame, dress);
    document.querySelector("[data-none]").hidden = lines.children.length > 0;
  } else if (frame.type === "lines.imported" && !text.value) location.reload();
});
line.addEventListener("gap", () => !text.value && location.reload());

document.addEventListener("submit", (event) => {
  const sent = event.target;
  if (sent === form) {
    event.preventDefault();
    write();
  } else if (sent.matches("[data-edit]")) {
    event.preventDefault();
    const { id: pk, speaker: who, text: words } = sent.elements;
    const act = event.submitter?.value === "withdraw" ? "withdraw" : "correct";
    const frame = act === "withdraw" ? { type: "withdraw_line", line: pk.value } : { type: "correct_line", line: pk.value, speaker: who.value, text: words.value };
    line.send(frame, { url: sent.action, fields: { act, id: pk.value, speaker: who.value, text: words.value } });
    sent.closest("details").open = false;
    text.focus();
  }
});

offer();
lines.lastElementChild?.scrollIntoView({ block: "nearest" });
text.focus();
