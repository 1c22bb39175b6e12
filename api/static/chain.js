// Nothing here is needed: each step is a link to its evidence further down. With it, the evidence is
// shown beside the drawing, and Escape leads back to the step.
"use strict";

const panel = document.getElementById("panel");
let chosen = null;
let returning = false;

function show(row) {
  const entry = document.getElementById(row.hash.slice(1));
  if (!entry) return false;
  const copy = entry.cloneNode(true);
  copy.removeAttribute("id");
  copy.querySelectorAll("[id]").forEach((one) => one.removeAttribute("id"));
  if (copy.tagName === "DETAILS") copy.open = true;
  panel.querySelector("[data-evidence]").replaceChildren(copy);
  panel.hidden = false;
  document.querySelectorAll(".lanes .chosen").forEach((one) => one.classList.remove("chosen"));
  document.querySelectorAll(`.lanes a[href="${CSS.escape(row.hash).replace("\\#", "#")}"]`)
    .forEach((one) => one.classList.add("chosen"));
  chosen = row;
  uncover(row);
  return true;
}

// On a phone the panel lies over the lower half of the page.
function uncover(row) {
  const hidden = row.getBoundingClientRect().bottom + 8 - panel.getBoundingClientRect().top;
  if (getComputedStyle(panel).position === "fixed" && hidden > 0) scrollBy({ top: hidden });
}

function hide() {
  panel.hidden = true;
  document.querySelectorAll(".lanes .chosen").forEach((one) => one.classList.remove("chosen"));
}

function close() {
  hide();
  returning = true;
  if (chosen) chosen.focus({ preventScroll: true });
  returning = false;
}

// SVG links have no `hash` of their own.
function row(event) {
  const link = event.target.closest(".lanes a");
  if (!link) return null;
  link.hash = link.getAttribute("href");
  return link;
}

if (panel) {
  document.addEventListener("focusin", (event) => {
    const link = row(event);
    if (link && !returning && link.matches(":focus-visible")) show(link);
    // What has the focus must not lie under the panel.
    if (!link && !panel.contains(event.target)) hide();
  });
  document.addEventListener("click", (event) => {
    const link = row(event);
    if (!link || event.ctrlKey || event.metaKey || !show(link)) return;
    event.preventDefault();
    if (event.detail === 0) panel.focus({ preventScroll: true });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !panel.hidden) close();
  });
  panel.querySelector("[data-close]").addEventListener("click", close);
}

const print = document.querySelector("[data-print]");
if (print) {
  print.hidden = false;
  print.addEventListener("click", () => window.print());
}
