/**
 * A visitor's first purchase: lights the step and the instrument whose turn it is, by what has arrived, and says at the end
 * how many seconds and taps it took. Taps in other tabs, at the bank, aren't seen from here and aren't counted.
 */
import { byId, h } from "../dom.js";
import { CODE, t } from "./common.js";

const CODES = { sms: "phone", email: "mailbox" };
/** Whose code a field of the chat takes, by the field's name. @type {Record<string, string>} */
const FIELDS = { sms: "phone", letter: "mailbox" };
const DIGITS = 6;

const chat = /** @type {HTMLIFrameElement|null} */ (document.getElementById("chat"));
const steps = [...document.querySelectorAll("#guide [data-turn]")];
/** What was there before the visitor began: messages, payments. @type {Set<string>} */ const before = new Set();
/** Instruments whose code waits to be typed. @type {Set<string>} */ const codes = new Set();
let begun = 0; // when the chat was pressed first, by performance.now()
let stamped = 0; // when the chat drew the last stamp
let taps = 0;
let done = false;

/** Follows the visitor in the chat's frame, whichever page it shows. */
export function guide() {
  if (!chat || !steps.length) return;
  chat.addEventListener("load", attend);
  attend();
  document.addEventListener("click", counted);
  light(["chat"]);
}

/** @param {any[]} messages @param {any[]} payments */
export function followPurchase(messages, payments) {
  if (!steps.length || done) return;
  const news = [...messages, ...payments].filter(({ id }) => !before.has(id));
  if (!begun) for (const { id } of news) before.add(id);
  if (!begun) return;
  for (const { id, kind, text } of news) {
    if (!CODES[kind]) continue;
    before.add(id);
    if (CODE.test(text)) codes.add(CODES[kind]);
  }
  const mine = payments.filter(({ id }) => !before.has(id));
  if (mine.some(({ status }) => status === "paid")) return finish();
  light(mine.some(({ status }) => status === "pending") ? ["bank"] : codes.size ? [...codes] : ["chat"]);
}

/** Listens in the page that the frame has now; a page is listened in once, since its listeners are the same. */
function attend() {
  const page = chat?.contentDocument;
  if (!page?.body) return;
  page.addEventListener("click", begin, true);
  page.addEventListener("input", typed);
  new MutationObserver(() => page.querySelector(".kind-receipt .stamp") && (stamped ||= performance.now())).observe(page.body, { childList: true, subtree: true });
}

/** @param {Event} event */
function begin(event) {
  if (event.isTrusted) begun ||= performance.now();
  counted(event);
}

/** @param {Event} event */
function counted(event) {
  if (event.isTrusted && begun && !done) taps += 1;
}

/** A code that is typed whole waits no longer. @param {Event} event */
function typed({ target }) {
  const field = /** @type {HTMLInputElement} */ (target);
  begun ||= performance.now();
  if (field.value?.length === DIGITS) codes.delete(FIELDS[field.name]);
}

/** @param {string[]} turns the chat, or instruments by their id */
function light(turns) {
  const reached = steps.findIndex((step) => turns.some((turn) => step.getAttribute("data-turn")?.split(" ").includes(turn)));
  steps.forEach((step, n) => {
    step.classList.toggle("over", n < reached);
    if (n === reached) step.setAttribute("aria-current", "step");
    else step.removeAttribute("aria-current");
  });
  byId("chat-window").classList.toggle("turn", turns.includes("chat") && !begun);
  for (const id of ["phone", "mailbox", "bank"]) byId(id).closest(".instrument")?.classList.toggle("turn", turns.includes(id));
}

function finish() {
  done = true;
  light([]);
  for (const step of steps) step.classList.add("over");
  const seconds = Math.round(((stamped || performance.now()) - begun) / 1000);
  byId("outcome").replaceChildren(h("strong", {}, t("paid_in", { seconds, taps })));
  document.querySelector(".paid")?.replaceWith(byId("yours")); // the chat has a receipt of its own now
}
