/**
 * A conversation that has changed hands: for a moment nothing in it acts, as a second press was meant for what stood there
 * before. Whoever has it now writes next.
 */
import { ASLEEP_MS, asleep, sleep } from "../chat/waking.js";
import { always } from "./page.js";

const CONTROLS = "#talk button, #talk summary, #talk a, #side button";
const hands = () => document.querySelector(".head")?.className ?? "";
let had = hands();
let until = 0; // what comes before sleeps: the parts of one answer are put in their places one by one
let toWrite = false;

function look() {
  if (had !== hands()) {
    toWrite = document.querySelector(".head")?.matches(".mine") === true;
    had = hands();
    until = performance.now() + ASLEEP_MS;
  }
  if (performance.now() < until) sleep([...document.querySelectorAll(CONTROLS)].filter((control) => !asleep(control)));
  if (toWrite) setTimeout(write); // once all parts of the answer are in their places, the box among them
}

function write() {
  const box = document.getElementById("say");
  if (!toWrite || !box) return;
  toWrite = false;
  if (!document.activeElement?.matches("input, textarea, select")) box.focus();
}

/** By pointer, Enter or a key of the console: each is a click. @param {Event} event */
function refuse(event) {
  const pressed = event.target instanceof Element ? event.target.closest(CONTROLS) : null;
  if (!pressed || !asleep(pressed)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

export function settleHands() {
  always(look);
  document.addEventListener("click", refuse, { capture: true });
}
