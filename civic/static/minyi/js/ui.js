/* Small helpers of the page. Every page works without them; docs/design-system.md lists the hooks. */
(() => {
  "use strict";

  const root = document.documentElement;
  const YEAR = 365 * 24 * 3600;

  // Appearance: kept in a cookie so that the server can write it into <html> and nothing flashes.
  function setTheme(theme) {
    const chosen = theme === "light" || theme === "dark";
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `minyi_theme=${chosen ? theme : ""}; Path=/; Max-Age=${chosen ? YEAR : 0}; SameSite=Lax${secure}`;
    if (chosen) root.dataset.theme = theme;
    else delete root.dataset.theme;
    for (const button of document.querySelectorAll("[data-theme-set]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeSet === (chosen ? theme : "auto")));
    }
  }

  function closeOthers(event) {
    for (const open of document.querySelectorAll("details[data-close-details][open]")) {
      if (!open.contains(event.target)) open.open = false;
    }
  }

  document.addEventListener("click", (event) => {
    closeOthers(event);
    const theme = event.target.closest("[data-theme-set]");
    if (theme) setTheme(theme.dataset.themeSet);
    const toast = event.target.closest("[data-close-toast]");
    if (toast) toast.closest(".toast").remove();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      // The innermost open menu closes and its word takes the focus back.
      const inside = event.target.closest?.("details[data-close-details][open]");
      const open = inside || document.querySelector("details[data-close-details][open]");
      if (open) {
        open.open = false;
        open.querySelector("summary").focus();
      }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing) return;
    // Keys of a ballot work only while the focus is inside it, so that they never surprise somebody who types elsewhere.
    const place = ["1", "2", "3"].indexOf(event.key);
    const ballot = place >= 0 && event.target.closest?.(".ballot");
    if (!ballot || event.target.matches("input, textarea, select, [contenteditable]")) return;
    const button = ballot.querySelectorAll("[data-ballot] button")[place];
    if (button && !button.disabled) {
      event.preventDefault();
      button.focus();
      button.click();
    }
  });

  // Characters left, counted as the browser itself counts towards maxlength.
  function count(field) {
    const shown = field.id && document.querySelector(`[data-count-for="${CSS.escape(field.id)}"]`);
    if (!shown || !(field.maxLength > 0)) return;
    const left = field.maxLength - field.value.length;
    shown.textContent = shown.dataset.words.replace("{n}", left.toLocaleString());
    shown.toggleAttribute("data-short", left < field.maxLength / 10);
  }

  document.addEventListener("input", (event) => {
    if (event.target.matches("input, textarea")) count(event.target);
  });

  function countAll(within) {
    for (const shown of within.querySelectorAll("[data-count-for]")) {
      const field = document.getElementById(shown.dataset.countFor);
      if (field) count(field);
    }
  }

  // Short news, said once and politely; errors stay until they are closed.
  document.addEventListener("minyi:toast", (event) => {
    const region = document.getElementById("toasts");
    if (!region || !event.detail?.words) return;
    const toast = document.createElement("div");
    toast.className = "toast";
    const words = document.createElement("span");
    words.textContent = event.detail.words;
    const close = document.createElement("button");
    close.type = "button";
    close.dataset.closeToast = "";
    close.setAttribute("aria-label", region.dataset.closeWords);
    close.textContent = "×";
    toast.append(words);
    if (event.detail.url?.startsWith("/")) {
      const way = document.createElement("a");
      way.href = event.detail.url;
      way.textContent = event.detail.label;
      toast.append(way);
    }
    toast.append(close);
    region.append(toast);
    if (event.detail.kind !== "error") {
      const leave = () => (toast.matches(":hover, :focus-within") ? setTimeout(leave, 2000) : toast.remove());
      setTimeout(leave, 8000);
    }
  });

  document.addEventListener("minyi:connection", (event) => {
    for (const shown of document.querySelectorAll(".connection")) {
      const words = shown.getAttribute(`data-words-${event.detail.state}`);
      if (words === null || shown.dataset.state === event.detail.state) continue;
      shown.dataset.state = event.detail.state;
      shown.textContent = words;
    }
  });

  // A form that was sent back says so first.
  function focusErrors(within) {
    const summary = within.querySelector?.(".form-errors:not([data-sample] *)");
    if (summary) summary.focus();
  }

  // A refusal that says where it belongs, such as a form with its words for somebody who came too soon, is shown there.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr } = event.detail;
    if (xhr.status !== 429 || !xhr.getResponseHeader("HX-Retarget")) return;
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    countAll(event.target);
    focusErrors(event.target);
  });

  countAll(document);
  focusErrors(document);
})();
