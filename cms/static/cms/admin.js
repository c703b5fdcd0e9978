/* On every page of the admin. A date that cannot be read stays as it was typed, and the form says so when it is sent;
   the date picker alone would put the present moment in its place without a word. */
"use strict";

window.jQuery.fn.datetimepicker.defaults.validateOnBlur = false;
