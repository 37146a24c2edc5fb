"use strict";
// The page is in a frame: it has no scripts, and must have none to be what readers get.
const frame = document.getElementById("page");
const box = document.getElementById("problems");
let seen = "";

frame.addEventListener("load", () => {
  const place = frame.contentWindow.location;
  if (place.pathname.startsWith("/page/")) {
    document.title = frame.contentDocument.title;
    history.replaceState(null, "", place.pathname.slice("/page".length) + place.hash);
  }
});
frame.src = "/page" + location.pathname + location.hash;

function again() {
  const place = frame.contentWindow.location;
  // Before the first page has come, there is an empty one: to load that again would end the wait for the other.
  if (place.pathname.startsWith("/page/")) place.reload();
  else frame.src = frame.src;
}

function show(problems, more) {
  const errors = problems.filter((one) => one.severity === "error").length;
  box.hidden = problems.length === 0;
  box.open = errors > 0;
  box.className = errors > 0 ? "error" : "warning";
  const count = problems.length + more;
  box.querySelector("summary").textContent = count === 1 ? "1 problem" : count + " problems";
  box.querySelector("ul").replaceChildren(...problems.map((one) => {
    const item = document.createElement("li");
    item.textContent = one.text;
    return item;
  }));
}

const events = new EventSource("/events");
events.addEventListener("message", (event) => {
  const { problems, more } = JSON.parse(event.data);
  show(problems, more);
  if (seen && seen !== event.lastEventId) again();
  seen = event.lastEventId;
});
events.addEventListener("error", () => {
  show([{ severity: "error", text: "The preview has ended: start `converter watch` again." }], 0);
});
