/** The open conversation: its end stays in view, and what the customer says is told to those who can't see. */
import { byId } from "../dom.js";
import { always } from "./page.js";

const NEAR_PX = 80;
let following = true;
let last = 0;

/** @returns {HTMLElement|null} */
const log = () => document.getElementById("log");

function show() {
  const box = log();
  if (!box) return;
  if (following) box.scrollTop = box.scrollHeight;
  box.onscroll = () => (following = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PX);
  const lines = /** @type {HTMLElement[]} */ ([...box.querySelectorAll("[data-kind]")]);
  const fresh = lines.filter((line) => Number(line.dataset.line) > last);
  if (last && fresh.length) {
    const heard = fresh.filter((line) => line.dataset.kind === "customer").map((line) => line.querySelector(".text")?.textContent ?? "");
    if (heard.length) byId("heard").textContent = heard.join(" ");
  }
  last = Math.max(last, ...lines.map((line) => Number(line.dataset.line)));
}

export function followTalk() {
  always(show);
}
