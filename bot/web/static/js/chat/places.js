/**
 * Where the answers stand: over the input; below the way to a page, which comes first; where they would take more than a
 * fifth of a low window below the talk, within its own scrolling, so that half of the height belongs to it.
 */
import { byId } from "../dom.js";

const LOW_PX = 600;
const LOWEST_PX = 480; // not even a line has room below the way
const MOST = 0.2;

export class Places {
  #below = false;
  #at = "notice";

  /** @param {() => void} moved */
  constructor(moved) {
    this.moved = moved;
    addEventListener("resize", () => this.arrange());
  }

  /** @param {boolean} on whether a way to a page is to come first */
  below(on) {
    const changed = on !== this.#below;
    this.#below = on;
    if (changed) this.arrange();
  }

  /** The answers were drawn, or have another window. */
  arrange() {
    const [tray, log, notice, act] = [byId("tray"), byId("log"), byId("notice"), byId("act")];
    const large = innerHeight <= LOW_PX && tray.offsetHeight > innerHeight * MOST;
    const at = this.#below ? (innerHeight > LOWEST_PX ? "act" : "log") : large ? "log" : "notice";
    if (at === this.#at) return;
    this.#at = at;
    const held = tray.contains(document.activeElement) ? /** @type {HTMLElement} */ (document.activeElement) : null;
    if (at === "act") act.after(tray);
    else if (at === "log") log.append(tray);
    else notice.after(tray);
    held?.focus({ preventScroll: true });
    this.moved();
  }
}
