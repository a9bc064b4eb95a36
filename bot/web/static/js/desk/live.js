/** News of the queue and of the open conversation: each makes htmx ask for what has changed. */
import { byId } from "../dom.js";
import { say, t, talkId } from "./page.js";
import { anyUnanswered, tell } from "./unanswered.js";

const TOGETHER_MS = 250; // a burst of news is one question
const QUEUE_MS = 1000; // the queue is asked for no more often: with many who wait it always has news
const PAUSES_S = [1, 2, 4, 8, 15];
const TYPING_MS = 6000;

export class Live {
  /** @type {Set<string>} What will be asked for. */ #due = new Set();
  #queueAt = -QUEUE_MS;
  #failures = 0;
  #typing = 0;

  /** @param {import("./notices.js").Notices} notices */
  constructor(notices) {
    this.notices = notices;
    document.body.addEventListener("htmx:responseError", (event) => this.#refused(/** @type {CustomEvent} */ (event).detail.xhr));
    document.body.addEventListener("htmx:sendError", () => tell(t("offline")));
  }

  begin() {
    const stream = new EventSource(`/desk/events${talkId() ? `?c=${encodeURIComponent(talkId())}` : ""}`);
    stream.addEventListener("open", () => {
      if (this.#failures > 1 || anyUnanswered()) tell(t("online"), 3000);
      this.#failures = 0;
    });
    for (const name of ["queue", "talk"]) stream.addEventListener(name, () => this.#news(name));
    stream.addEventListener("typing", () => this.#types());
    stream.addEventListener("over", () => location.reload());
    stream.addEventListener("error", () => this.#broken(stream));
    addEventListener("pagehide", () => stream.close(), { once: true });
  }

  /** A stream that was refused for good is begun anew; whoever isn't logged in any more is led there by the question. @param {EventSource} stream */
  #broken(stream) {
    this.#failures += 1;
    if (this.#failures === 2) tell(t("offline"), 60_000);
    if (stream.readyState !== EventSource.CLOSED) return;
    const pause = PAUSES_S[Math.min(this.#failures, PAUSES_S.length) - 1];
    setTimeout(() => {
      this.#news("queue");
      this.begin();
    }, pause * 1000);
  }

  /** @param {string} name */
  #news(name) {
    if (this.#due.has(name)) return;
    this.#due.add(name);
    const pause = name === "queue" ? Math.max(TOGETHER_MS, this.#queueAt + QUEUE_MS - performance.now()) : TOGETHER_MS;
    setTimeout(() => {
      if (name === "queue") this.#queueAt = performance.now();
      this.#due.delete(name);
      document.body.dispatchEvent(new CustomEvent(`desk:${name}`));
    }, pause);
  }

  #types() {
    const line = document.getElementById("typing");
    if (!line) return;
    line.hidden = false;
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => (line.hidden = true), TYPING_MS);
  }

  /** @param {XMLHttpRequest} xhr */
  #refused(xhr) {
    let error = "other";
    try {
      error = JSON.parse(xhr.responseText).error ?? error;
    } catch {
      // no words of ours
    }
    const words = t(`refused_${error}`);
    say(words === `refused_${error}` ? t("refused_other") : words, 12_000);
    byId("notice").focus?.();
  }
}
