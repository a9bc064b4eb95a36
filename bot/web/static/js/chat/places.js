/**
 * Where the answers stand: over the input; below the way to a page, which comes first; on a low window below the talk,
 * within its own scrolling, so that half of the height belongs to it.
 */
import { byId } from "../dom.js";

const LOW = matchMedia("(max-height: 600px)");
const LOWEST = matchMedia("(max-height: 480px)"); // not even a line has room below the way

export class Places {
  #below = false;

  /** @param {() => void} moved */
  constructor(moved) {
    this.moved = moved;
    for (const height of [LOW, LOWEST]) height.addEventListener("change", () => this.#place());
    this.#place();
  }

  /** @param {boolean} on whether a way to a page is to come first */
  below(on) {
    if (on === this.#below) return;
    this.#below = on;
    this.#place();
  }

  #place() {
    const [tray, log, notice, act] = [byId("tray"), byId("log"), byId("notice"), byId("act")];
    const held = tray.contains(document.activeElement) ? /** @type {HTMLElement} */ (document.activeElement) : null;
    if (this.#below && !LOWEST.matches) act.after(tray);
    else if (LOW.matches) log.append(tray);
    else notice.after(tray);
    held?.focus({ preventScroll: true });
    this.moved();
  }
}
