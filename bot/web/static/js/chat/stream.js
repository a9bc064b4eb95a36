/**
 * The desk's events, read by `fetch` and not by EventSource: that one can't send a header, and gives up for good when
 * a proxy answers 502 while the desk is being restarted.
 */
import { Refusal } from "./api.js";

const SILENCE_MS = 40_000; // the desk says "still here" every 15 s
const PAUSES_S = [0.5, 1, 2, 4, 8];
const UNKNOWN_AT_MOST = 4; // a log-in turns the session: the new one may be on its way to this browser
const POLL_S = 3; // where the desk has no stream left for this network

/** Server-sent events out of pieces of text, as the HTML standard (9.2.6) reads them. */
export class Events {
  #rest = "";

  /** @param {string} piece @returns {{id: string, event: string, data: string}[]} */
  read(piece) {
    const blocks = (this.#rest + piece).replace(/\r\n?/g, "\n").split("\n\n");
    this.#rest = blocks.pop() ?? "";
    return blocks.map(parse).filter((event) => event.data !== "");
  }
}

/** @param {string} block */
function parse(block) {
  const event = { id: "", event: "message", data: "" };
  for (const row of block.split("\n")) {
    const colon = row.indexOf(":");
    if (colon < 1) continue;
    const name = row.slice(0, colon);
    const value = row.slice(colon + 1).replace(/^ /, "");
    if (name === "data") event.data += (event.data && "\n") + value;
    else if (name === "id" || name === "event") event[name] = value;
  }
  return event;
}

/**
 * @typedef {{message: (line: object) => void, standing: (standing: object) => void, typing: (on: boolean, by: string|null) => void,
 *   connected: (on: boolean) => void, gone: () => void}} Told
 */
export class Stream {
  /** @type {AbortController|null} */ #open = null;
  /** @type {(() => void)|null} */ #wake = null;
  #heard = 0;
  #running = false;
  #polling = false;

  /** @param {import("./api.js").Api} api @param {Told} told */
  constructor(api, told) {
    this.api = api;
    this.told = told;
    this.cursor = "";
    addEventListener("online", () => this.#wake?.());
    document.addEventListener("visibilitychange", () => document.hidden || this.#look());
    setInterval(() => this.#look(), 10_000);
  }

  /** Follows the conversation from here on; does nothing if it already does. @param {string} cursor */
  async follow(cursor) {
    if (this.#running) {
      if (this.#polling) this.#wake?.(); // something was sent: its answer may be there
      return;
    }
    this.#running = true;
    this.cursor = cursor;
    for (let failures = 0, unknown = 0; ; ) {
      try {
        await this.#once(() => (failures = unknown = 0));
      } catch (problem) {
        if (problem instanceof Refusal && problem.status === 404) break;
        if (problem instanceof Refusal && problem.status === 401 && ++unknown > UNKNOWN_AT_MOST) break;
        const full = problem instanceof Refusal && problem.status === 429;
        await this.#poll(full);
      }
      if (!this.#polling) this.told.connected(false);
      const pause = this.#polling ? POLL_S : PAUSES_S[Math.min(failures++, PAUSES_S.length - 1)];
      await new Promise((resolve) => {
        this.#wake = () => resolve(undefined);
        setTimeout(resolve, pause * 1000 * (0.75 + Math.random() / 2));
      });
    }
    this.#running = this.#polling = false;
    this.told.gone();
  }

  /** @param {() => void} opened */
  async #once(opened) {
    this.#open = new AbortController();
    this.#heard = performance.now();
    const reader = (await this.api.stream(this.cursor, this.#open.signal)).getReader();
    const decoder = new TextDecoder();
    const events = new Events();
    opened();
    this.#polling = false;
    this.told.connected(true);
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      this.#heard = performance.now();
      for (const event of events.read(decoder.decode(value, { stream: true }))) this.#tell(event);
    }
  }

  /** Asks for what a stream would have told. @param {boolean} full whether there is no stream to be had */
  async #poll(full) {
    const before = this.#polling;
    this.#polling = false;
    if (!full) return;
    try {
      const { lines, standing, cursor } = await this.api.get("/webchat/history");
      this.#polling = true;
      if (!before) this.told.connected(true);
      for (const line of lines) this.told.message(line);
      this.told.standing(standing);
      this.told.typing(standing?.expects === "wait", null);
      this.cursor = cursor;
    } catch {
      // As offline as a stream that breaks.
    }
  }

  /** @param {{id: string, event: string, data: string}} event */
  #tell(event) {
    const data = JSON.parse(event.data);
    if (event.event === "message") this.told.message(data);
    else if (event.event === "standing") this.told.standing(data);
    else if (event.event === "typing") this.told.typing(data.on, data.by);
    if (event.id) this.cursor = event.id;
  }

  /** A connection that has been silent for too long (a phone that slept) is given up. */
  #look() {
    if (this.#open && performance.now() - this.#heard > SILENCE_MS) this.#open.abort();
    if (!document.hidden) this.#wake?.();
  }
}
