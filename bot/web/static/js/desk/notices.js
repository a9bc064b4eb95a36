/** Somebody new waits, or writes to this agent: told by a sound and the browser's notice, if the agent wants it. */
import { always, t } from "./page.js";

const KEPT = "okienko.desk.sound";

export class Notices {
  /** @type {Map<string, string>} */ #states = new Map();
  #begun = false;
  /** @type {AudioContext|null} */ #audio = null;

  constructor() {
    always(() => this.#look());
    const button = document.getElementById("sound");
    button?.addEventListener("click", () => this.#switch(button));
    if (button) this.#draw(button);
  }

  get #on() {
    try {
      return localStorage.getItem(KEPT) === "on";
    } catch {
      return false;
    }
  }

  /** Browsers let a page make a sound, or ask for notices, only from a press. @param {HTMLElement} button */
  async #switch(button) {
    const on = !this.#on;
    try {
      localStorage.setItem(KEPT, on ? "on" : "off");
    } catch {
      return;
    }
    this.#draw(button);
    if (!on) return;
    this.#beep();
    if ("Notification" in window && Notification.permission === "default") await Notification.requestPermission();
  }

  /** @param {HTMLElement} button */
  #draw(button) {
    button.hidden = false;
    button.setAttribute("aria-pressed", String(this.#on));
  }

  #look() {
    const now = new Map();
    for (const row of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-row]"))) {
      now.set(row.dataset.row ?? "", row.dataset.state ?? "");
    }
    const fresh = [...now].filter(([id, state]) => (state === "waiting" || state === "mine-unanswered") && this.#states.get(id) !== state);
    if (this.#begun && fresh.length) this.#tell(fresh[0][1]);
    this.#states = now;
    this.#begun = true;
    const due = [...now.values()].filter((state) => state === "waiting" || state === "mine-unanswered").length;
    document.title = `${due ? `(${due}) ` : ""}${document.title.replace(/^\(\d+\) /, "")}`;
  }

  /** Nothing of the customer's stands in the notice: it may be seen on a locked screen. @param {string} state */
  #tell(state) {
    if (!this.#on) return;
    this.#beep();
    if (!document.hidden || !("Notification" in window) || Notification.permission !== "granted") return;
    const notice = new Notification(t(state === "waiting" ? "notice_waiting" : "notice_words"), { tag: "okienko-desk" });
    notice.onclick = () => window.focus();
  }

  #beep() {
    this.#audio ??= new AudioContext();
    void this.#audio.resume();
    const tone = this.#audio.createOscillator();
    const loudness = this.#audio.createGain();
    const now = this.#audio.currentTime;
    tone.frequency.value = 660;
    loudness.gain.setValueAtTime(0.12, now);
    loudness.gain.exponentialRampToValueAtTime(0.001, now + 0.35);
    tone.connect(loudness).connect(this.#audio.destination);
    tone.start(now);
    tone.stop(now + 0.4);
  }
}
