/** How far the customer can have read: what has only just been drawn nobody has read yet. */
import { ASLEEP_MS } from "./waking.js";

export class Seen {
  /** @type {{seq: number, at: number}[]} */ #drawn = [];

  /** @param {number|null} seq the number of a line that the page now shows */
  drawn(seq) {
    if (seq !== null) this.#drawn.push({ seq, at: performance.now() });
  }

  /** The number of the last line that can have been read by now; 0 for none. */
  now() {
    const before = performance.now() - ASLEEP_MS;
    return Math.max(0, ...this.#drawn.filter(({ at }) => at <= before).map(({ seq }) => seq));
  }
}
