/** What the instruments share: asking `/sandbox/api/…`, words, numbers and times as the language writes them, the lamp, copying. */
import { byId, embedded, fill, h } from "../dom.js";

const words = embedded("words");
const { locale = "en", profile = "", numbersOf = "" } = byId("instruments").dataset;
const LIT_MS = 6000;
const PAUSE_MS = 1200;
const PATIENCE_MS = 20_000; // the clock answers within 10 s

export const CODE = /(?<!\d[\s-]?)\d{3}\s?\d{3}(?![\s-]?\d)/;
export { locale, numbersOf, profile };

/** @param {string} key @param {Record<string, unknown>} [values] */
export const t = (key, values) => fill(words[key] ?? key, values);

/** @param {string} at */
export const when = (at) => new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(new Date(at));

/** @param {number} minor @param {string} currency */
export const money = (minor, currency) => new Intl.NumberFormat(locale, { style: "currency", currency }).format(minor / 100);

/** Something has arrived: the lamp blinks and says so. @param {string} id @param {string} news */
export function blink(id, news) {
  const lamp = byId(`${id}-lamp`);
  const instrument = lamp.closest(".instrument");
  lamp.classList.remove("lit");
  void lamp.offsetWidth; // begins the blinking anew
  lamp.classList.add("lit");
  instrument?.classList.add("lit");
  setTimeout(() => {
    lamp.classList.remove("lit");
    instrument?.classList.remove("lit");
  }, LIT_MS);
  byId("heard").textContent = news;
}

/** @param {string} id @param {number} n */
export function count(id, n) {
  const badge = byId(`${id}-count`);
  badge.hidden = n === 0;
  badge.textContent = String(n);
}

/** A button that copies a value. @param {string} value @param {string} [words] */
export function copier(value, words = t("copy")) {
  const button = h("button", { type: "button", "aria-label": t("copy_value", { value }) }, words);
  button.addEventListener("click", async () => {
    await copy(value);
    button.textContent = t("copied");
    setTimeout(() => (button.textContent = words), 1500);
  });
  return button;
}

/** The clipboard exists on secure origins only; elsewhere a selected field does. @param {string} value */
async function copy(value) {
  if (navigator.clipboard) return navigator.clipboard.writeText(value);
  const field = /** @type {HTMLTextAreaElement} */ (h("textarea", { class: "sr" }, value));
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}

/** @param {string} path @param {object} [body] */
export async function ask(path, body) {
  const how = body ? { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) } : {};
  const answer = await fetch(`/sandbox/api/${path}`, { ...how, cache: "no-cache", signal: AbortSignal.timeout?.(PATIENCE_MS) });
  if (!answer.ok) throw new Error(`sandbox: ${answer.status}`);
  return answer.json();
}

/** Asks for all of `paths` in turn and hands the answers over. @param {string[]} paths @param {(answers: any[]) => void} heard @param {(works: boolean) => void} reached */
export async function watch(paths, heard, reached) {
  for (;;) {
    if (!document.hidden) {
      try {
        heard(await Promise.all(paths.map((path) => ask(path))));
        reached(true);
      } catch {
        reached(false);
      }
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
