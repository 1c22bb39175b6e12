// The page works without it: every 30 s newer figures take the place of those that are shown, unless
// nobody sees them or somebody is at one of them with the keyboard.
"use strict";

const EVERY_MS = 30000;

async function renew() {
  const main = document.getElementById("main");
  if (document.hidden || main.contains(document.activeElement)) return;
  const answer = await fetch(location.href).catch(() => null);
  if (!answer || !answer.ok || answer.redirected) return;
  const newer = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("main");
  if (newer) main.replaceChildren(...newer.childNodes);
}

setInterval(renew, EVERY_MS);
