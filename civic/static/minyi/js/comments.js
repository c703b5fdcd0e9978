/* Reactions and what was already said, on every page that shows comments (discussions/components/reacting.html).
   Without this script the buttons send the form and the page comes back. */

// Only the beginning of what is being written is compared, and nothing is asked before there is something to compare.
const COMPARED = 200;
const LEAST = 6;

function compare(event, place) {
  const text = place.closest("form")?.querySelector("textarea")?.value.trim() || "";
  if (text.length < LEAST) {
    event.preventDefault();
    place.replaceChildren();
  } else {
    event.detail.parameters = { q: text.slice(0, COMPARED) };
  }
}

// The buttons stand outside the form they belong to, so the form does not see which one was pressed.
function name(event) {
  const { submitter } = event.detail.triggeringEvent || {};
  if (!submitter?.name) return;
  const { parameters } = event.detail;
  parameters[submitter.name] = submitter.value;
  // A suggested comment may stand on another page: then there is nothing to exchange here.
  if (!document.getElementById(`c${submitter.value.replace("-", "")}`)) parameters.elsewhere = "1";
}

const same = (button, number) => `button[form="react"][name="${button.name}"][value$="${number}"]`;

// The buttons of a comment are exchanged with their counts; whoever pressed one by key stays on it.
function keepPressed(pressed) {
  const number = pressed.value.replace("-", "");
  const shown = document.querySelector(`#c${number} > .comment ${same(pressed, number)}`);
  const given = shown ? shown.getAttribute("aria-pressed") === "true" : !pressed.value.startsWith("-");
  for (const twin of document.querySelectorAll(`.said-already ${same(pressed, number)}`)) {
    twin.setAttribute("aria-pressed", given);
    twin.value = given ? `-${number}` : number;
  }
  if (!pressed.isConnected) shown?.focus();
}

document.addEventListener("htmx:configRequest", (event) => {
  const { elt } = event.detail;
  if (elt.matches("[data-similar]")) compare(event, elt);
  else if (elt.id === "react") name(event);
});

document.addEventListener("htmx:afterRequest", (event) => {
  const { requestConfig, successful } = event.detail;
  const pressed = successful && requestConfig?.elt?.id === "react" && requestConfig.triggeringEvent?.submitter;
  if (pressed?.name) keepPressed(pressed);
});
