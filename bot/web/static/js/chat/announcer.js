/** Tells screen readers what was said or has changed, and that alone: the log itself is drawn anew again and again. */
import { byId, h } from "../dom.js";

const KEPT_MS = 10_000; // then it would only be met twice

/** @param {string[]} parts */
export function announce(parts) {
  const words = parts.filter(Boolean).join(". ").replaceAll(/([.?!…])\. /g, "$1 "); // "sp. z o.o." has its point
  if (!words) return;
  const said = h("p", {}, words);
  byId("announcer").append(said);
  setTimeout(() => said.remove(), KEPT_MS);
}
