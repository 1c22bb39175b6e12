// Nothing here is needed: the pages work without it. j and k go through the list, y, n and a press a
// verdict, and a line says when something new was found.
"use strict";

const titles = () => Array.from(document.querySelectorAll(".findings .title"));

function goTo(step) {
  const all = titles();
  if (!all.length) return;
  const at = all.indexOf(document.activeElement);
  all[Math.min(all.length - 1, Math.max(0, at + step))].focus();
}

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, select, textarea");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "j") goTo(1);
  else if (event.key === "k") goTo(-1);
  else if (event.key === "/") {
    const search = document.querySelector("input[type=search]");
    if (search) { search.focus(); event.preventDefault(); }
  } else {
    const button = document.querySelector(`button[data-key="${CSS.escape(event.key)}"]`);
    if (button) button.focus();
  }
});

const news = document.querySelector("[data-stream]");
if (news && !("paged" in news.dataset) && window.EventSource) {
  let count = 0;
  const stream = new EventSource(news.dataset.stream);
  stream.addEventListener("finding", () => {
    count += 1;
    const link = news.querySelector("a");
    link.textContent = count === 1 ? "One finding is new or has changed: load it" : `${count} findings are new or have changed: load them`;
    link.href = location.href;
    news.hidden = false;
  });
  addEventListener("pagehide", () => stream.close());
}
