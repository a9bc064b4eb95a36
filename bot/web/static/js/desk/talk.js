/**
 * The open conversation. The page says which lines it has, and is brought what it lacks: each line is put in its place by
 * its number, once. Its end stays in view unless somebody reads further up; new words are told to those who can't see.
 */
import { byId } from "../dom.js";
import { always, talkId } from "./page.js";

const NEAR_PX = 80;
const MOST_HEARD = 5;
const MOST_DUE = 100;
let following = !location.hash.startsWith("#line-");
let top = 0; // where the log stood before a new one took its place
let focused = ""; // what had the focus in it, by its id
let told = 0; // up to this line everything was told to those who can't see
let highest = 0; // the last line that this page had
/** A phone that is turned, or a keyboard that opens, hides nothing that was in view. */
const resized = new ResizeObserver(() => stay());

/** @returns {HTMLElement|null} */
const log = () => document.getElementById("log");
/** @param {HTMLElement} box @param {string} name */
const number = (box, name) => Number(box.dataset[name]);
/** @param {ParentNode} box */
const linesOf = (box) => /** @type {HTMLElement[]} */ ([...box.querySelectorAll("[data-line]")]);

/** What this page has, for the desk (`bot/handlers/console/console.py`). @param {HTMLElement} box */
function have(box) {
  const due = linesOf(box).filter((line) => "due" in line.dataset).map((line) => line.dataset.line);
  return `${box.dataset.start}.${box.dataset.last}.${box.dataset.mark}.${due.slice(-MOST_DUE).join(",")}`;
}

/** A line that is there stays, but if it was still seen what becomes of it. @param {HTMLElement} list @param {HTMLElement} line */
function put(list, line) {
  const here = /** @type {HTMLElement|null} */ (list.querySelector(`#line-${line.dataset.line}`));
  if (here) {
    if ("due" in here.dataset) here.replaceWith(line);
    return;
  }
  let above = /** @type {HTMLElement|null} */ (list.lastElementChild);
  while (above && number(above, "line") > number(line, "line")) above = /** @type {HTMLElement|null} */ (above.previousElementSibling);
  if (above) above.after(line);
  else list.prepend(line);
}

/** New lines go to their places once htmx has seen their forms: it looks for those where it has put them itself. */
function add() {
  const box = log();
  const fresh = document.getElementById("fresh");
  if (!box || !fresh) return;
  fresh.remove();
  const height = box.scrollHeight;
  const start = number(box, "start");
  const before = box.scrollTop;
  for (const line of linesOf(fresh)) put(byId("lines"), line);
  box.dataset.start = String(Math.min(start, number(fresh, "start")));
  box.dataset.last = String(Math.max(number(box, "last"), number(fresh, "last")));
  box.dataset.mark = fresh.dataset.mark;
  if (number(fresh, "start") >= start) return;
  if (number(fresh, "start") === 0) begins(box);
  box.scrollTop = before + box.scrollHeight - height; // what was read stays where it was
}

/** There is nothing earlier: whoever has just asked for it goes on in the conversation. @param {HTMLElement} box */
function begins(box) {
  const way = document.getElementById("older");
  if (way?.contains(document.activeElement)) box.focus({ preventScroll: true });
  way?.remove();
}

/** @param {HTMLElement} box */
function tell(box) {
  const lines = /** @type {HTMLElement[]} */ ([...box.querySelectorAll("[data-kind]")]);
  const fresh = lines.filter((line) => number(line, "line") > told && ["customer", "bot", "agent"].includes(line.dataset.kind ?? ""));
  const heard = byId("heard");
  if (told) {
    for (const line of fresh) {
      const words = document.createElement("p");
      words.textContent = `${line.querySelector(".by span")?.textContent ?? ""}: ${line.querySelector(".text")?.textContent ?? ""}`;
      heard.append(words);
    }
    while (heard.childElementCount > MOST_HEARD) heard.firstElementChild?.remove();
  }
  told = Math.max(told, 1, ...lines.map((line) => number(line, "line")));
}

function stay() {
  const box = log();
  if (box && following) box.scrollTop = box.scrollHeight;
}

function show() {
  const box = log();
  if (!box) return;
  stay();
  resized.observe(box);
  box.onscroll = () => (following = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PX);
  tell(box);
  // An answer that was long on its way has taken the place of a newer one: what it lacks is asked for.
  if (number(box, "last") < highest) document.body.dispatchEvent(new CustomEvent("desk:talk"));
  highest = number(box, "last");
}

export function followTalk() {
  document.body.addEventListener("htmx:configRequest", (event) => {
    const { headers, path } = /** @type {CustomEvent} */ (event).detail;
    const box = log();
    if (!String(path).startsWith(`/desk/c/${talkId()}/`)) return;
    if (box) headers["okienko-lines"] = have(box);
    if (document.querySelector("#piece-card [data-opened]")) headers["okienko-contacts"] = "open"; // they stay so
  });
  // The second: what came a moment ago, and is replaced before it was loaded.
  for (const name of ["htmx:load", "htmx:oobBeforeSwap"]) {
    document.body.addEventListener(name, (event) => {
      if (/** @type {HTMLElement} */ (event.target).id === "piece-fresh") add();
    });
  }
  document.body.addEventListener("htmx:oobBeforeSwap", () => {
    top = log()?.scrollTop ?? 0;
    focused = log()?.contains(document.activeElement) ? document.activeElement?.id ?? "" : "";
  });
  document.body.addEventListener("htmx:oobAfterSwap", (event) => {
    const box = log();
    if (!box || !(event.target instanceof HTMLElement && event.target.contains(box))) return;
    box.scrollTop = top;
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  });
  always(show);
}
