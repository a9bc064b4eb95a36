/** How far the customer can have read: what has only just been drawn nobody has read yet. */
import { ASLEEP_MS } from "./waking.js";

const TOLD_AFTER_MS = 600; // several lines at once are one message

export class Seen {
  /** @type {{seq: number, at: number}[]} */ #drawn = [];
  #agents = 0; // the number of an agent's last line
  #told = 0;
  #timer = 0;
  #tell;

  /** @param {(seq: number) => Promise<unknown>} tell tells the desk that an agent's answer needs no e-mail */
  constructor(tell) {
    this.#tell = tell;
    for (const kind of ["visibilitychange", "resize"]) (kind === "resize" ? window : document).addEventListener(kind, () => this.#look());
  }

  /** @param {{seq: number|null, author: string}} line that the page now shows */
  drawn({ seq, author }) {
    if (seq === null) return;
    this.#drawn.push({ seq, at: performance.now() });
    if (author === "agent") this.#agents = Math.max(this.#agents, seq);
    this.#look();
  }

  /** The number of the last line that can have been read by now; 0 for none. */
  now() {
    const before = performance.now() - ASLEEP_MS;
    return Math.max(0, ...this.#drawn.filter(({ at }) => at <= before).map(({ seq }) => seq));
  }

  /** A tab in the background shows nothing, nor does a frame that its page has closed (it has no height). */
  #look() {
    if (this.#agents <= this.#told || this.#timer || document.visibilityState !== "visible" || !innerHeight) return;
    this.#timer = setTimeout(() => this.#say(), TOLD_AFTER_MS);
  }

  async #say() {
    const seq = this.#agents;
    try {
      if (document.visibilityState === "visible") {
        await this.#tell(seq);
        this.#told = Math.max(this.#told, seq);
      }
    } catch {
      // told with the next line, or when the tab is looked at again
    }
    this.#timer = 0;
    if (this.#agents > seq) this.#look();
  }
}
