// What the page can do besides when scripts run: cards that keep themselves up to date, buttons that wait in place.
// Without it everything works, with a page load for each step.
"use strict";

const EVERY_MS = 5000;
let waiting = 0;

// Fetch the cards, if there are newer ones, and put them in place of those that are shown.
async function refresh() {
  const cards = document.getElementById("cards");
  if (document.hidden || waiting || isChoosing(cards)) {
    return;
  }
  const offline = document.getElementById("offline");
  try {
    const answer = await fetch(cards.dataset.fragment, {
      headers: { "If-None-Match": `"${cards.dataset.tag}"` },
      cache: "no-store",
    });
    if (answer.status === 404) {
      location.reload();
    } else if (answer.status === 200) {
      const text = await answer.text();
      if (!waiting && !isChoosing(cards)) {
        replace(cards, text);
        cards.dataset.tag = (answer.headers.get("ETag") || "").replaceAll('"', "");
      }
    }
    offline.hidden = answer.ok || answer.status === 304;
  } catch {
    offline.hidden = false;
  }
}

// Somebody has a list open: it would close under their finger.
function isChoosing(cards) {
  return cards.contains(document.activeElement) && document.activeElement.tagName === "SELECT";
}

// Put new cards in place, and leave the focus on the button on which it was.
function replace(cards, text) {
  const focused = cards.contains(document.activeElement) ? document.activeElement.getAttribute("aria-describedby") : "";
  cards.innerHTML = text;
  if (focused) {
    cards.querySelector(`button[aria-describedby="${CSS.escape(focused)}"]`)?.focus();
  }
}

// Send a form of a card, show on its button that it is on its way, and then what came of it.
async function send(event) {
  const form = event.target;
  if (!form.matches("form.act")) {
    return;
  }
  event.preventDefault();
  const button = form.querySelector("button");
  if (button.getAttribute("aria-disabled") === "true") {
    return;
  }
  const body = new URLSearchParams(new FormData(form));
  button.setAttribute("aria-disabled", "true");
  button.textContent = button.dataset.waiting;
  waiting += 1;
  try {
    const answer = await fetch(form.action, { method: "POST", body });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    show(page);
  } catch {
    location.reload();
  } finally {
    waiting -= 1;
  }
}

// Take over what a page that was fetched says, as far as this one has it, too; else show that page.
function show(page) {
  const cards = page.getElementById("cards");
  if (!cards) {
    location.reload();
    return;
  }
  const shown = document.getElementById("cards");
  shown.dataset.tag = cards.dataset.tag;
  replace(shown, cards.innerHTML);
  document.getElementById("said").innerHTML = page.getElementById("said").innerHTML;
  document.getElementById("said").scrollIntoView({ block: "nearest" });
}

if (document.getElementById("cards")) {
  document.addEventListener("submit", send);
  document.addEventListener("visibilitychange", refresh);
  setInterval(refresh, EVERY_MS);
}
