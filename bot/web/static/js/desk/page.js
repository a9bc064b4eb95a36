/** What the console's scripts share: the page's own words, which conversation is open, putting parts in their places. */
import { byId, embedded, fill } from "../dom.js";

/** @type {Record<string, string>} */
const words = embedded("words");

/** @param {string} key @param {Record<string, unknown>} [values] */
export const t = (key, values) => fill(words[key] ?? key, values);

/** The id of the open conversation, or nothing. */
export const talkId = () => document.body.dataset.talk ?? "";

/** Does it now and whenever a part of the page was put in its place. @param {() => void} act */
export function always(act) {
  act();
  document.body.addEventListener("htmx:oobAfterSwap", act);
  document.body.addEventListener("htmx:afterSettle", act);
}

/** @param {string} words @param {number} [ms] how long it stays */
export function say(words, ms = 6000) {
  const notice = byId("notice");
  notice.textContent = words;
  setTimeout(() => notice.textContent === words && (notice.textContent = ""), ms);
}
