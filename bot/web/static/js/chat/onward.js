/**
 * Whose answer leads to a page goes on to it, in this very tab, and comes back to the chat once that is done: to pay, to
 * set a password. Where the customer has begun to write, or the chat stands within another page, the way waits to be
 * pressed.
 */
import { byId, safeUrl } from "../dom.js";
import { leaveFor } from "../beside.js";

const SOON_MS = 20_000; // a provider is asked for its page meanwhile

/** @typedef {import("./transcript.js").Transcript} Transcript */

export class Onward {
  #actedAt = -Infinity;
  /** Who answers in words of their own, or somewhere else, stays in the talk, unless it is to pay. */ talks = false;
  /** @type {Set<string>} ways that were known before the customer's last answer */ #known = new Set();

  /** The customer has answered: what comes of it may lead on. @param {Transcript} transcript */
  acted(transcript) {
    this.#actedAt = performance.now();
    this.talks = false;
    this.#known = new Set(transcript.lines.flatMap((line) => line.links.map((link) => link.href)));
  }

  /** Goes where a page has just become the thing to do. @param {Transcript} transcript */
  follow(transcript) {
    const link = transcript.way()?.link;
    const url = (link?.rel === "payment" || (link?.rel === "secure_page" && !this.talks)) && !this.#known.has(link.href) && !transcript.boxed && this.#free() && safeUrl(link.href);
    if (!url || url.origin !== location.origin) return;
    this.#actedAt = -Infinity;
    leaveFor(url);
    location.assign(url);
  }

  /** Whether the customer has just answered, looks at this page, and does nothing else on it. */
  #free() {
    const input = /** @type {HTMLInputElement} */ (byId("input"));
    return performance.now() - this.#actedAt < SOON_MS && !document.hidden && top === window && !input.value;
  }
}
