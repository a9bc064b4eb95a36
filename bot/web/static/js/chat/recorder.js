/**
 * The microphone's module, loaded at the button's first press: asks for the microphone, shows level and seconds in the
 * input's place, and hands the recording over. It imports nothing: what it uses of the page comes with the call.
 */

/**
 * @typedef {{send: (sound: Blob, seen: number) => void, seen: () => number, tell: (words: string) => void,
 *   h: typeof import("../dom.js").h, t: typeof import("./words.js").t, announce: (parts: string[]) => void,
 *   button: HTMLButtonElement, longest: number}} Page `longest`: seconds
 */

const TYPES = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4"];
const BITS_PER_SECOND = 24_000; // speech: a minute takes 180 KB
const DRAWN_EVERY_MS = 100;
const LOUD = 5; // speech is far below the loudest that a sample can be

/** Records until the customer sends or cancels; resolves once the microphone is released. @param {Page} page */
export async function record(page) {
  let microphone;
  try {
    microphone = await navigator.mediaDevices.getUserMedia({ audio: true });
  } catch (problem) {
    page.tell(page.t(problem instanceof DOMException && problem.name === "NotFoundError" ? "microphone_missing" : "microphone_refused"));
    return;
  }
  const level = new Level(microphone);
  try {
    await new Recording(page, microphone, level).ended;
  } finally {
    for (const track of microphone.getTracks()) track.stop();
    level.close();
  }
}

class Recording {
  #page;
  #seen;
  #recorder;
  #level;
  #panel;
  #seconds;
  #bar;
  #began = performance.now();
  #timer = 0;
  #keys = (event) => this.#key(event);
  #left = () => this.#stop();
  /** @type {Blob[]} */ #pieces = [];
  /** @type {() => void} */ #end = () => {};

  /** @param {Page} page @param {MediaStream} microphone @param {Level} level */
  constructor(page, microphone, level) {
    this.#page = page;
    this.#seen = page.seen(); // what comes from now on wasn't read by whoever speaks
    this.#level = level;
    const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
    this.#recorder = new MediaRecorder(microphone, { ...(mimeType && { mimeType }), audioBitsPerSecond: BITS_PER_SECOND });
    this.#recorder.addEventListener("dataavailable", ({ data }) => this.#pieces.push(data));
    this.#recorder.addEventListener("stop", () => this.#stopped());
    this.#recorder.start();
    const { h, t } = page;
    this.#bar = h("span", {});
    this.#seconds = h("span", { class: "seconds" });
    const cancel = h("button", { type: "button", class: "drop", onclick: () => this.#close() }, h("span", { "aria-hidden": "true", class: "cross" }), h("span", { class: "sr" }, t("recording_cancel")));
    const send = h("button", { type: "button", class: "hand-in", onclick: () => this.#send() }, h("span", { "aria-hidden": "true", class: "arrow" }), h("span", { class: "sr" }, t("recording_send")));
    this.#panel = h("div", { class: "recorder", id: "recorder", role: "group", "aria-label": t("voice_message") }, cancel, h("span", { class: "level", "aria-hidden": "true" }, this.#bar), this.#seconds, send);
    page.button.closest("form")?.append(this.#panel);
    this.ended = new Promise((resolve) => (this.#end = () => resolve(undefined)));
    document.addEventListener("keydown", this.#keys, true);
    addEventListener("pagehide", this.#left);
    this.#draw();
    this.#timer = setInterval(() => this.#draw(), DRAWN_EVERY_MS);
    send.focus({ preventScroll: true });
    page.announce([t("recording", { seconds: page.longest })]);
  }

  #draw() {
    const { t, longest } = this.#page;
    const seconds = Math.min(longest, Math.floor((performance.now() - this.#began) / 1000));
    this.#seconds.textContent = t("recording_length", { at: minutes(seconds), of: minutes(longest) });
    this.#bar.style.scale = `${this.#level.now()} 1`;
    if (seconds >= longest) this.#stop();
  }

  #stop() {
    if (this.#recorder.state !== "inactive") this.#recorder.stop();
  }

  /** By itself, at the longest or because the microphone was taken away: what there is may still be sent. */
  #stopped() {
    clearInterval(this.#timer);
    this.#bar.style.scale = "0 1";
    if (this.#panel.isConnected) this.#page.announce([this.#page.t("recorded")]);
  }

  #send() {
    const whole = () => {
      const sound = new Blob(this.#pieces, { type: this.#recorder.mimeType });
      this.#close();
      this.#page.send(sound, this.#seen);
    };
    if (this.#recorder.state === "inactive") return whole();
    this.#panel.remove();
    this.#recorder.addEventListener("stop", whole, { once: true }); // after the last piece
    this.#recorder.stop();
  }

  #close() {
    this.#panel.remove();
    this.#stop();
    document.removeEventListener("keydown", this.#keys, true);
    removeEventListener("pagehide", this.#left);
    this.#page.button.focus({ preventScroll: true });
    this.#end();
  }

  /** Escape would close the chat's frame as well. @param {KeyboardEvent} event */
  #key(event) {
    if (event.key !== "Escape") return;
    event.stopImmediatePropagation();
    this.#close();
  }
}

/** How loud it is, from 0 to 1. */
class Level {
  #context = new AudioContext();
  #analyser = this.#context.createAnalyser();
  #samples = new Float32Array(this.#analyser.fftSize);

  /** @param {MediaStream} microphone */
  constructor(microphone) {
    this.#context.createMediaStreamSource(microphone).connect(this.#analyser);
  }

  now() {
    this.#analyser.getFloatTimeDomainData(this.#samples);
    const power = this.#samples.reduce((sum, sample) => sum + sample * sample, 0) / this.#samples.length;
    return Math.min(1, Math.sqrt(power) * LOUD).toFixed(2);
  }

  close() {
    void this.#context.close();
  }
}

/** @param {number} seconds */
const minutes = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
