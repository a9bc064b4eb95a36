/** Somebody new waits, writes to this agent, or has waited nearly too long: told by a sound and a notice, if wanted. */
import { always, t } from "./page.js";
import { SOON_S, secondsUntil } from "./waits.js";

/** @typedef {{state: string, heard: number}} Seen what a row of the queue said; `heard` is the line of the customer's last words */

const KEPT = "okienko.desk.sound";
const OWED = "mine-unanswered";
const LOOK_MS = 1000;
const WARNED = "okienko.desk.warned.";

/** Somebody waits who didn't; in an agent's own conversation each word of the customer's, or one that was passed on. @param {Seen} now @param {Seen|undefined} before */
function isNews(now, before) {
  if (now.state === "waiting") return before?.state !== "waiting";
  if (now.state !== OWED) return false;
  return !before || before.state.startsWith("others") || now.heard > before.heard;
}

export class Notices {
  /** @type {Map<string, Seen>} */ #seen = new Map();
  #begun = false;
  /** @type {AudioContext|null} */ #audio = null;

  constructor() {
    always(() => this.#look());
    always(() => this.#warn());
    setInterval(() => this.#warn(), LOOK_MS);
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
    /** @type {Map<string, Seen>} */ const now = new Map();
    for (const row of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-row]"))) {
      now.set(row.dataset.row ?? "", { state: row.dataset.state ?? "", heard: Number(row.dataset.heard) });
    }
    const fresh = [...now].find(([id, seen]) => isNews(seen, this.#seen.get(id)));
    if (this.#begun && fresh) this.#tell(fresh[1].state);
    this.#seen = now;
    this.#begun = true;
    const due = [...now.values()].filter(({ state }) => state === "waiting" || state === OWED).length;
    document.title = `${due ? `(${due}) ` : ""}${document.title.replace(/^\(\d+\) /, "")}`;
  }

  /** The time to answer is nearly over: told once, also if writing puts it off. */
  #warn() {
    for (const due of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-whose="mine"] [data-due]'))) {
      const until = due.dataset.due ?? "";
      if (secondsUntil(until) > SOON_S) continue;
      const name = WARNED + (/** @type {HTMLElement|null} */ (due.closest("[data-row]"))?.dataset.row ?? "");
      const before = Number(sessionStorage.getItem(name));
      sessionStorage.setItem(name, String(Date.parse(until)));
      if (Date.parse(until) - before > SOON_S * 1000) this.#tell("due");
    }
  }

  /** Nothing of the customer's stands in the notice: it may be seen on a locked screen. @param {string} state */
  #tell(state) {
    if (!this.#on) return;
    this.#beep();
    if (!document.hidden || !("Notification" in window) || Notification.permission !== "granted") return;
    const words = state === "waiting" ? "notice_waiting" : state === "due" ? "notice_due" : "notice_words";
    const notice = new Notification(t(words), { tag: "okienko-desk" });
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
