/** The seller's own system: the events it was told, the newest on top. */
import { byId, h } from "../dom.js";
import { blink, count, t, when } from "./common.js";

const known = new Set();
let first = true;

/** @param {any[]} events in the order of their arrival */
export function drawEvents(events) {
  const ids = new Set(events.map((event) => event.id));
  if ([...known].some((id) => !ids.has(id))) forget(); // the sandbox was reset
  for (const event of events) {
    if (known.has(event.id)) continue;
    known.add(event.id);
    const box = byId("seller");
    box.querySelector(".empty")?.remove();
    box.prepend(item(event));
    if (!first) blink("seller", `${t("new_event")}: ${event.type}`);
  }
  count("seller", events.length);
  first = false;
}

function forget() {
  known.clear();
  byId("seller").replaceChildren(h("p", { class: "empty" }, t("seller_empty")));
}

function item(event) {
  const meta = h("p", { class: "meta" }, h("strong", {}, event.type), h("time", { datetime: new Date(event.timestamp).toISOString() }, when(event.timestamp)));
  const told = Object.entries(event.data).filter(([, value]) => value !== null);
  const words = told.map(([name, value]) => `${name}: ${typeof value === "object" ? JSON.stringify(value) : value}`);
  return h("details", { class: "item" }, h("summary", {}, meta), h("p", { class: "words", dir: "auto" }, words.join("\n")));
}
