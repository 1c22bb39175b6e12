// Nothing here is needed: every step is a field or a button. With it, single keys do the same, and only
// the reasons of the chosen verdict are shown. What is typed into a field is never taken for a key.
"use strict";

const form = document.querySelector("[data-judge]");
const said = document.querySelector("[data-said]");
const toggle = document.querySelector("[data-toggle]");
const SETTING = "wakeline.review.keys";

function verdict() {
  const chosen = form && form.querySelector("input[name=verdict]:checked");
  return chosen ? chosen.value : "";
}

function show() {
  if (!form) return;
  const now = verdict();
  form.querySelectorAll("[data-reasons]").forEach((group) => {
    group.hidden = group.disabled = group.dataset.reasons !== now;
    group.querySelectorAll("input[type=radio]").forEach((one) => { one.required = !group.hidden; });
  });
}

function tell(text) {
  if (said) said.textContent = text;
}

function visible(element) {
  return !element.closest("[hidden]");
}

// A verdict or a reason: the field itself gets the focus, so that a screen reader says what it is.
function choose(key) {
  const field = Array.from(document.querySelectorAll(`input[data-key="${CSS.escape(key)}"]`)).find(visible);
  if (!field) return false;
  field.checked = true;
  field.focus();
  show();
  const wanted = form.querySelector("[data-reasons]:not([hidden]) input[type=radio]:not(:checked)")
    && !form.querySelector("[data-reasons]:not([hidden]) input[type=radio]:checked");
  tell(wanted ? "A reason is needed: press its letter." : "Press f to keep it.");
  return true;
}

function press(key) {
  const button = Array.from(document.querySelectorAll(`[data-press="${CSS.escape(key)}"]`)).find(visible);
  if (!button) return false;
  button.click();
  return true;
}

function move(step) {
  const parts = Array.from(document.querySelectorAll("[data-section]"));
  if (!parts.length) return false;
  const at = parts.indexOf(document.activeElement);
  parts[Math.min(parts.length - 1, Math.max(0, at + step))].focus();
  return true;
}

function focusOn(key) {
  const field = document.querySelector(`[data-focus="${CSS.escape(key)}"]`);
  if (field) field.focus();
  return Boolean(field);
}

function done(event) {
  const moves = { j: 1, d: 1, k: -1, s: -1 };
  if (event.key in moves) return move(moves[event.key]);
  return choose(event.key) || press(event.key) || focusOn(event.key);
}

function typing(event) {
  const field = event.target.closest("input, select, textarea");
  return field && !["radio", "checkbox"].includes(field.type);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey && event.key === "Enter" && form && form.contains(event.target)) form.requestSubmit();
  if (event.key === "Escape" && typing(event)) event.target.blur();
  if (typing(event) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (toggle && !toggle.checked) return;
  if (done(event)) event.preventDefault();
});

if (form) {
  form.addEventListener("change", show);
  // Twice pressed is once meant.
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
  form.addEventListener("invalid", () => tell("Something is missing: a verdict, or its reason."), true);
  show();
}
if (toggle) {
  const help = document.querySelector("[data-help]");
  help.hidden = false;
  help.open = matchMedia("(min-width: 62rem)").matches;
  toggle.checked = localStorage.getItem(SETTING) !== "off";
  toggle.addEventListener("change", () => localStorage.setItem(SETTING, toggle.checked ? "on" : "off"));
}
