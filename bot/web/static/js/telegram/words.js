/** The page's words, and times as its language writes them. */
import { byId, embedded, fill } from "../dom.js";

const words = embedded("words");
const { locale = "en" } = byId("telegram").dataset;

/** @param {string} key @param {Record<string, unknown>} [values] */
export const t = (key, values) => fill(words[key] ?? key, values);

/** @param {number} seconds */
export const clock = (seconds) => new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(new Date(seconds * 1000));
