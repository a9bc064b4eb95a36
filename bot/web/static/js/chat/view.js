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
  /** @type {HTMLElement|null} the slip whose top is to be seen */ #top = null;
  #pinned = true;
  /** Where it was scrolled to from here: only another place is the reader's own. */ #put = 0;
  /** How tall the log was then: one that has grown meanwhile has moved its scrolling by itself. */ #tall = 0;
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

  /** The whole talk is drawn, slip by slip: whatever moved meanwhile, the latest is in view. */
  drawn() {
    this.#scroll("instant");
    this.#tell();
  }

  /** Something has changed its size: what was in view stays there. */
  settle() {
    this.look();
    if (this.#pinned) this.#scroll("instant");
    this.#tall = this.#box.clientHeight;
    this.#tell();
  }

  /** Draws anew what is in view already, without moving what is under the finger. @param {Element} slip @param {() => void} draw */
  still(slip, draw) {
    const held = document.activeElement?.closest("[data-row]")?.getAttribute("data-row");
    const seen = () => ((held && slip.querySelector(`[data-row="${CSS.escape(held)}"]`)) || slip).getBoundingClientRect().top;
    const before = seen();
    draw();
    this.#box.scrollTop += seen() - before;
    this.#put = this.#box.scrollTop;
    this.#tall = this.#box.clientHeight;
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
    this.#put = this.#goal();
    this.#tall = this.#box.clientHeight;
    this.#box.scrollTo({ top: this.#put, behavior });
    this.#pinned = true;
    this.#news = false;
  }

  #goal() {
    const end = this.#box.scrollHeight - this.#box.clientHeight;
    return this.#top?.isConnected ? Math.max(0, Math.min(end, this.#top.offsetTop - ABOVE_PX)) : end;
  }

  /**
   * The reader's own scrolling, perhaps before its event. To be called before anything is drawn: what has become smaller
   * by itself has moved the end up, and only until then that can be told from scrolling.
   */
  look() {
    if (Math.abs(this.#box.scrollTop - this.#put) >= 2 && this.#box.clientHeight === this.#tall) this.#read();
  }

  #scrolled() {
    this.look();
    this.#tell();
  }

  #read() {
    const atEnd = this.#below() < NEAR_PX;
    const goal = this.#goal();
    this.#pinned = atEnd;
    this.#put = this.#box.scrollTop;
    this.#tall = this.#box.clientHeight;
    if (this.#box.scrollTop > goal + ABOVE_PX) this.#top = null; // read on from there
    if (atEnd) this.#news = false;
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
