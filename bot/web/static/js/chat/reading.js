/** The switch that reads aloud: shown where this device has a voice of its own; what reads is loaded once it is on. */
import { announce } from "./announcer.js";
import { byId } from "../dom.js";
import { recall, remember } from "./memory.js";
import { current, t } from "./words.js";

const KEY = "okienko.reads";

/** A voice of the device itself: one of a service would get every text. @param {string} lang */
function voice(lang) {
  const own = speechSynthesis.getVoices().filter((one) => one.localService === true && one.lang.split(/[-_]/)[0].toLowerCase() === lang);
  return own.find((one) => one.default) ?? own[0];
}

export class Reading {
  #button = document.getElementById("read");
  #on = recall(KEY) !== null;
  #recording = false;
  /** @type {import("./reader.js").Reader|null} */ #reader = null;

  /** @param {import("./api.js").Api} api */
  constructor(api) {
    this.api = api;
    if (!this.#button || !globalThis.speechSynthesis) return;
    speechSynthesis.addEventListener("voiceschanged", () => this.draw());
    this.#button.addEventListener("click", () => this.#press());
    if (this.#on) void this.#load();
    this.draw();
  }

  /** The voices are known late, and the language may change. */
  draw() {
    if (!this.#button || !globalThis.speechSynthesis) return;
    this.#button.hidden = !voice(current());
    this.#button.setAttribute("aria-checked", String(this.#on));
    byId("read-word").textContent = t("read_to_me");
  }

  /** A message has come. @param {{id: number, text: string}} line */
  heard(line) {
    if (this.#on && !this.#recording) this.#reader?.read(line);
  }

  /** What the microphone hears is the customer alone. @param {boolean} on */
  recording(on) {
    this.#recording = on;
    if (on) this.#reader?.stop();
  }

  #press() {
    this.#on = !this.#on;
    remember(KEY, this.#on ? "1" : null);
    this.draw();
    if (!this.#on) return this.#reader?.stop();
    speechSynthesis.speak(new SpeechSynthesisUtterance("")); // Safari speaks later only if it was let to at a press
    void this.#load();
  }

  async #load() {
    if (this.#reader) return;
    try {
      const { Reader } = await import(String(this.#button?.dataset.module));
      this.#reader ??= new Reader({ voice, announce, announcer: byId("announcer"), ask: (id) => this.api.get(`/webchat/speech?line=${id}`) });
    } catch {
      this.#on = false;
      this.draw();
    }
  }
}
