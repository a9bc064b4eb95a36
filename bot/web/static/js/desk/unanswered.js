/**
 * An act that the desk didn't answer: it may have been done or not. The agent is told so until it is sent again, which is
 * done under the same key: whatever became of the first try, it is done once.
 */
import { say, t } from "./page.js";

const TOLD_MS = 600_000;
/** No answer, or a proxy's: nobody knows what was done. All other refusals say so themselves. */
const UNKNOWN = [0, 502, 504];

/** @typedef {{path: string, verb: string, elt: HTMLElement, formData: FormData}} Request */

/** @type {Map<string, {key: string, act: string}>} by the form's way and what was typed into it; `act` is empty where why was told */
const unanswered = new Map();

/** @param {Request} request */
function nameOf(request) {
  const typed = [...request.formData].filter(([name]) => name !== "key" && name !== "csrf");
  return JSON.stringify([request.path, ...typed]);
}

/** Whether an act waits to be sent again. */
export const anyUnanswered = () => unanswered.size > 0;

/** Says something, and after it which acts wait to be sent again; those stay. @param {string} words @param {number} [ms] */
export function tell(words, ms) {
  const acts = [...unanswered.values()].filter(({ act }) => act).map(({ act }) => t("unanswered", { act }));
  say([...(words ? [words] : []), ...acts].join(" "), acts.length ? TOLD_MS : ms);
}

/** @param {Request} request @param {number} status */
function answered(request, status) {
  const name = nameOf(request);
  if (status === 0 || status >= 500) {
    const act = UNKNOWN.includes(status) ? (request.elt.querySelector("button")?.textContent ?? "") : "";
    unanswered.set(name, { key: String(request.formData.get("key") ?? ""), act: act.replace(/\s+/g, " ").trim() });
    if (act) tell("");
  } else if (unanswered.delete(name)) tell("");
}

export function sendAgainOnce() {
  document.body.addEventListener("htmx:configRequest", (event) => {
    const { detail } = /** @type {CustomEvent} */ (event);
    const earlier = detail.verb === "post" ? unanswered.get(nameOf(detail)) : undefined;
    if (earlier?.key) detail.parameters.key = earlier.key;
  });
  // By the request itself: its form may be replaced while it is on its way, and events of what isn't in the page any more
  // are heard by nobody.
  document.body.addEventListener("htmx:beforeSend", (event) => {
    const { xhr, requestConfig } = /** @type {CustomEvent} */ (event).detail;
    if (requestConfig.verb === "post") xhr.addEventListener("loadend", () => answered(requestConfig, xhr.status));
  });
}
