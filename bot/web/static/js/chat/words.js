/** The page's own words; they follow the conversation's language. */
import { embedded, fill } from "../dom.js";

const all = embedded("words");
const fallback = document.documentElement.lang in all ? document.documentElement.lang : Object.keys(all)[0];
let locale = fallback;

/** @param {string} key @param {Record<string, unknown>} [values] */
export const t = (key, values) => fill(all[locale][key] ?? "", values);

/** Whether there are words under this key. @param {string} key */
export const has = (key) => key in all[locale];

export const locales = () => Object.keys(all);
export const current = () => locale;

/** Changes the language; true if it was another one. @param {string} wanted */
export function speak(wanted) {
  const next = wanted in all ? wanted : fallback;
  const changed = next !== locale;
  locale = next;
  document.documentElement.lang = next;
  return changed;
}
