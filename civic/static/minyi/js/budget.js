// The running sum of a budget ballot. The server adds up and decides; this only shows it while one chooses.
const amount = (money) => `NT$${money.toLocaleString("en-US")}`;

function show(form) {
  const taken = [...form.querySelectorAll("[data-cost]:checked")];
  const total = Number(form.dataset.total);
  const spent = taken.reduce((sum, box) => sum + Number(box.dataset.cost), 0);
  const shown = form.querySelector("[data-sum]");
  const isKnapsack = form.dataset.kind === "knapsack";
  const isOver = isKnapsack && spent > total;
  const words = isOver ? shown.dataset.over : isKnapsack ? shown.dataset.within : shown.dataset.plain;
  shown.textContent = words
    .replace("{count}", taken.length)
    .replace("{spent}", amount(spent))
    .replace("{total}", amount(total))
    .replace("{left}", amount(total - spent))
    .replace("{over}", amount(spent - total));
  shown.classList.toggle("is-over", isOver);
  form.querySelector("[data-sum-bar]")?.setAttribute("x2", `${Math.min(100, (100 * spent) / total)}%`);
}

for (const form of document.querySelectorAll("form[data-budget]")) {
  if (!form.querySelector("[data-sum]")) continue;
  for (const button of form.querySelectorAll("[data-only-without-script]")) button.hidden = true;
  show(form);
  form.addEventListener("change", () => show(form));
}
