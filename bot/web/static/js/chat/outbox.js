/**
 * What the customer has sent and the desk has not acknowledged yet: one after the other, in order, each until it is
 * through. The same `message_id` goes with every attempt, so that a message sent twice is taken once.
 */
import { Refusal } from "./api.js";
import { recall, remember } from "./memory.js";

const KEY = "okienko.unsent";
const PAUSES_S = [1, 2, 4, 8, 15];

/** An id of 128 random bits; `crypto.randomUUID` exists on secure origins only. */
const newId = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/**
 * @typedef {{id: string, path: string, body: Record<string, unknown>, label: string, quiet: boolean, sound?: Blob}} Item
 * @typedef {{queued: (item: Item) => void, waiting: (item: Item, problem: Refusal) => void,
 *   through: (item: Item, answer: {line: object|null}) => void, refused: (item: Item, problem: Refusal) => void}} Told
 */
/** The item as it is sent. @param {Item} item */
function written(item) {
  const fields = { ...item.body, message_id: item.id };
  if (!item.sound) return fields;
  const form = new FormData();
  form.append("metadata", JSON.stringify(fields));
  form.append("file", item.sound, "voice");
  return form;
}

export class Outbox {
  /** @type {Item[]} */ #items = [];
  #busy = false;
  /** @type {(() => void)|null} */ #wake = null;

  /** @param {import("./api.js").Api} api @param {Told} told */
  constructor(api, told) {
    this.api = api;
    this.told = told;
    addEventListener("online", () => this.hurry());
  }

  get empty() {
    return this.#items.length === 0;
  }

  /** Sends again what a reload interrupted. */
  resume() {
    for (const item of JSON.parse(recall(KEY) ?? "[]")) this.#queue(item);
  }

  /** @param {string} text @param {{id?: string, label?: string, quiet?: boolean, locale?: string, seen?: number, greeted?: boolean}} [how] */
  text(text, how = {}) {
    const { locale, seen, greeted } = how;
    const body = { text, ...(locale && { locale }), ...(seen !== undefined && { seen }), ...(greeted && { greeted }) };
    this.#queue({ id: how.id ?? newId(), path: "/webchat/messages", body, label: how.label ?? text, quiet: how.quiet ?? false });
  }

  /** @param {string} payload @param {number|null} askedAt @param {{label: string, quiet: boolean, greeted?: boolean, locale?: string}} how */
  press(payload, askedAt, { label, quiet, greeted, locale }) {
    const body = { payload, asked_at: askedAt, ...(greeted && { greeted, locale }) };
    this.#queue({ id: newId(), path: "/webchat/press", body, label, quiet });
  }

  /** A recording: kept in the page until it is through, but not over a reload. @param {Blob} sound @param {{label: string, locale: string, seen: number, greeted: boolean}} how */
  voice(sound, { label, locale, seen, greeted }) {
    const body = { locale, seen, ...(greeted && { greeted }) };
    this.#queue({ id: newId(), path: "/webchat/voice", body, label, quiet: false, sound });
  }

  /** Doesn't wait for the end of a pause: there is a sign that it would work now. */
  hurry() {
    this.#wake?.();
  }

  /** @param {Item} item */
  #queue(item) {
    this.#items.push(item);
    this.#keep(); // a reload may come before the answer
    this.told.queued(item);
    if (!this.#busy) this.#run();
  }

  async #run() {
    this.#busy = true;
    for (let failures = 0; this.#items.length; ) {
      const item = this.#items[0];
      try {
        const answer = await this.api.post(item.path, written(item));
        failures = 0;
        this.#done();
        this.told.through(item, answer);
      } catch (problem) {
        const known = problem instanceof Refusal ? problem : new Refusal(0, "offline");
        if (!known.passing) {
          this.#done();
          this.told.refused(item, known);
          continue;
        }
        this.told.waiting(item, known);
        await this.#pause(known.retryAfter ?? PAUSES_S[Math.min(failures++, PAUSES_S.length - 1)]);
      }
    }
    this.#busy = false;
  }

  #done() {
    this.#items.shift();
    this.#keep();
  }

  #keep() {
    const items = this.#items.filter((item) => !item.sound); // a tab's memory holds texts alone
    remember(KEY, items.length ? JSON.stringify(items) : null);
  }

  /** @param {number} seconds */
  #pause(seconds) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, seconds * 1000);
      this.#wake = () => {
        clearTimeout(timer);
        resolve(undefined);
      };
    });
  }
}
