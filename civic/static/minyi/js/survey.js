// A survey on one page: questions come and go with the answers they wait for. Without this the server asks in steps.
const chosen = (form, number) =>
  [...form.querySelectorAll(`[data-question="${number}"] :is([type="radio"], [type="checkbox"]):checked`)].map(
    (input) => Number(input.value),
  );

function isAsked(form, question) {
  const after = question.dataset.after;
  if (!after) return true;
  if (form.querySelector(`[data-question="${after}"]`).disabled) return false;
  const { low, high } = question.dataset;
  const wanted = question.dataset.if.split(" ").filter(Boolean).map(Number);
  return chosen(form, after).some((value) => (low ? value >= Number(low) && value <= Number(high) : wanted.includes(value)));
}

function arrange(form) {
  for (const question of form.querySelectorAll("[data-question]")) {
    const asked = isAsked(form, question);
    question.hidden = question.disabled = !asked;
  }
}

for (const form of document.querySelectorAll("form[data-survey]")) {
  const next = form.querySelector("[data-next]");
  const send = form.querySelector("[data-send]");
  if (send) {
    next.hidden = next.disabled = true;
    send.hidden = send.disabled = false;
  }
  arrange(form);
  form.addEventListener("change", () => arrange(form));
}

document.querySelector("#here")?.focus();
