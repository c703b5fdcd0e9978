/* The show room's one button. */
document.querySelector("[data-sample-toast]")?.addEventListener("click", (event) => {
  document.dispatchEvent(new CustomEvent("minyi:toast", { detail: { words: event.target.textContent } }));
});
