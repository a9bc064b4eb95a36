/**
 * What of the log is in view: the end, or the top of a fresh slip that is taller than the log. Whoever reads further up
 * is left there, and sees that there is more below.
 */
import { byId } from "../dom.js";
import { t } from "./words.js";

const NEAR_PX = 96;
const ABOVE_PX = 8;
const UNSEEN_PX = 24;

export class View {
  #box = byId("log");
  #further = byId("to-end");
  /** @type {Element|null} the slip whose top is to be seen */ #top = null;
  #pinned = true;
  #acted = true;
  #news = false;

  constructor() {
    this.#further.addEventListener("click", () => {
      this.#top = null;
      this.#scroll("smooth");
    });
    this.#box.addEventListener("scroll", () => this.#scrolled());
    new ResizeObserver(() => this.settle()).observe(this.#box);
  }

  /** The customer has answered: what comes is wanted. */
  acted() {
    this.#acted = true;
  }

  /** A slip was added at the end. @param {Element} slip @param {boolean} theirs the desk's, or an agent's */
  added(slip, theirs) {
    this.#top = theirs ? slip : null;
    if (this.#pinned || this.#acted) this.#scroll("instant");
    else this.#news = true;
    if (theirs) this.#acted = false;
    this.#tell();
  }

  /** Something has changed its size: what was in view stays there. */
  settle() {
    if (this.#pinned) this.#scroll("instant");
    this.#tell();
  }

  /** Draws anew what is in view already, without moving what is under the finger. @param {Element} slip @param {() => void} draw */
  still(slip, draw) {
    const held = document.activeElement?.closest("[data-row]")?.getAttribute("data-row");
    const seen = () => ((held && slip.querySelector(`[data-row="${CSS.escape(held)}"]`)) || slip).getBoundingClientRect().top;
    const before = seen();
    draw();
    this.#box.scrollTop += seen() - before;
    this.#top = null;
    this.#pinned = this.#below() < 2;
    this.#acted = false;
    this.#tell();
  }

  #below() {
    return this.#box.scrollHeight - this.#box.scrollTop - this.#box.clientHeight;
  }

  /** @param {ScrollBehavior} behavior */
  #scroll(behavior) {
    this.#box.scrollTo({ top: this.#goal(), behavior });
    this.#pinned = true;
    this.#news = false;
  }

  #goal() {
    const end = this.#box.scrollHeight - this.#box.clientHeight;
    if (!this.#top?.isConnected) return end;
    const top = this.#box.scrollTop + this.#top.getBoundingClientRect().top - this.#box.getBoundingClientRect().top;
    return Math.min(end, top - ABOVE_PX);
  }

  #scrolled() {
    const atEnd = this.#below() < NEAR_PX;
    const goal = this.#goal();
    this.#pinned = atEnd || Math.abs(this.#box.scrollTop - goal) < 2;
    if (this.#box.scrollTop > goal + ABOVE_PX) this.#top = null; // read on from there
    if (atEnd) this.#news = false;
    this.#tell();
  }

  #tell() {
    const below = this.#below();
    this.#further.hidden = below < UNSEEN_PX;
    this.#further.parentElement?.classList.toggle("more", below >= UNSEEN_PX);
    const words = t(this.#news ? "to_end" : "further");
    if (this.#further.textContent !== words) this.#further.textContent = words;
    this.#further.classList.toggle("news", this.#news);
  }
}
