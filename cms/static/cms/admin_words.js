/* Words for the scripts of the admin. Wagtail's own catalogue comes later and goes on top. */
"use strict";

window.django = { catalog: JSON.parse(document.getElementById("admin-words").textContent) };
