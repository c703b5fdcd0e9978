/* Asks quietly whether there are new results, and says so; nothing moves by itself while somebody reads. */
(function () {
  "use strict";
  var EVERY = 30000;
  var desk = document.querySelector("[data-desk-state]");
  if (!desk) return;
  var news = desk.querySelector("[data-desk-news]");

  function ask() {
    if (document.hidden || !news.hidden) return;
    fetch(desk.dataset.deskState, { credentials: "same-origin", headers: { Accept: "application/json" } })
      .then(function (answer) { return answer.ok ? answer.json() : null; })
      .then(function (state) { if (state && state.etag !== desk.dataset.deskEtag) news.hidden = false; })
      .catch(function () { /* The network is away; the next question comes in half a minute. */ });
  }

  setInterval(ask, EVERY);
  document.addEventListener("visibilitychange", ask);
})();
