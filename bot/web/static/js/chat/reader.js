/** Reads messages in order, by a voice of the device. It imports nothing: what it uses of the page comes with it. */

/**
 * @typedef {{voice: (lang: string) => SpeechSynthesisVoice|undefined, announce: (parts: string[]) => void, announcer: HTMLElement,
 *   ask: (id: number) => Promise<{text: string, lang: string}>}} Page
 */

export class Reader {
  #page;
  #run = 0; // a stop ends all that was begun before
  #pending = 0;
  #last = 0;
  #turn = Promise.resolve();
  /** Chrome forgets an utterance that nobody holds, and its end. @type {SpeechSynthesisUtterance|null} */ #spoken = null;
  #done = () => {};

  /** @param {Page} page */
  constructor(page) {
    this.#page = page;
    for (const kind of ["pointerdown", "keydown", "pagehide"]) addEventListener(kind, () => this.stop(), true);
    document.addEventListener("visibilitychange", () => document.hidden && this.stop());
    addEventListener("resize", () => innerHeight || this.stop()); // a frame that its page has closed has no height
  }

  /** @param {{id: number, text: string}} line */
  read(line) {
    if (line.id <= this.#last || document.hidden || !innerHeight) return;
    this.#last = line.id;
    const run = this.#run;
    const words = this.#page.ask(line.id).catch(() => null);
    this.#pending++;
    this.#live(false);
    this.#turn = this.#turn.then(async () => {
      const heard = run === this.#run ? await words : null;
      const read = run !== this.#run || (heard && (await this.#say(heard, run)));
      if (--this.#pending === 0) this.#live(true);
      if (read) return;
      this.#live(true); // nothing could be said: a screen reader is told instead
      this.#page.announce([line.text]);
    });
  }

  stop() {
    if (!this.#pending) return;
    this.#run++;
    this.#done();
    speechSynthesis.cancel();
    this.#live(true);
  }

  /** A screen reader doesn't speak at the same time. @param {boolean} on */
  #live(on) {
    this.#page.announcer.setAttribute("aria-live", on ? "polite" : "off");
  }

  /** @param {{text: string, lang: string}} heard @param {number} run */
  async #say({ text, lang }, run) {
    const voice = this.#page.voice(lang);
    if (!voice) return false;
    for (const part of text.split(/\n+/).filter(Boolean)) {
      if (run !== this.#run) return true;
      if (!(await this.#utter(part, lang, voice))) return false;
    }
    return true;
  }

  /** @param {string} part @param {string} lang @param {SpeechSynthesisVoice} voice @returns {Promise<boolean>} */
  #utter(part, lang, voice) {
    return new Promise((resolve) => {
      const spoken = new SpeechSynthesisUtterance(part);
      spoken.lang = lang;
      spoken.voice = voice;
      spoken.onend = () => resolve(true);
      spoken.onerror = ({ error }) => resolve(error === "canceled" || error === "interrupted");
      this.#spoken = spoken;
      this.#done = () => resolve(true);
      speechSynthesis.speak(spoken);
    });
  }
}
