/**
 * Inside `<okienko-chat>` on another site: a few words with the element around us. The first word must be the
 * element's, from an origin the desk allows; only that origin is answered.
 */
import { byId, safeUrl } from "../dom.js";
import { embeddedIn } from "./embedder.js";
import { t } from "./words.js";

const ORDERING = new Set(["order", "payment", "renewal"]);

/** What is left to be done, in the talk's language; nothing where it isn't an order. @param {any} standing */
function waiting({ dialog, expects }) {
  if (!ORDERING.has(dialog) || expects === "nothing") return "";
  return t(expects === "payment" ? "waits_payment" : "waits_order");
}

export class Frame {
  /** @type {string|null} */ #host = null;
  /** The number of the last line that was told, and of the last one that the customer has seen. */ #last = 0;
  #seen = 0;
  #begun = false;
  #waits = "";

  /** @param {() => void} placed called when it is known where the chat is embedded */
  constructor(placed) {
    if (window.parent === window) return;
    const allowed = new Set([location.origin, ...(byId("window").dataset.embedders ?? "").split(" ")]);
    addEventListener("message", (event) => {
      if (event.source !== window.parent || !allowed.has(event.origin) || event.data?.okienko !== 1) return;
      if (event.data.kind === "hello" && this.#host === null) {
        this.#greet(event.origin, event.data.read);
        embeddedIn(pageOf(event));
        placed();
      }
      if (event.data.kind === "shown") this.#read();
    });
  }

  /** A line of the desk's is there. @param {{seq: number|null, author: string}} line */
  heard({ seq }) {
    if (seq === null) return;
    this.#last = Math.max(this.#last, seq);
    this.#count();
  }

  /**
   * Tells the page around what waits for the customer, in words for its button; kept there for its next pages.
   * @param {any} standing @param {boolean} begun
   */
  stands(standing, begun) {
    if (begun && this.#host === null) this.#seen = this.#last; // until the page around says how far it was shown there
    if (!begun) this.#seen = this.#last = 0; // another conversation's numbers begin anew
    this.#begun = begun;
    const words = begun && standing && standing.mode !== "agent" ? waiting(standing) : "";
    this.#waits = JSON.stringify({ begun, words });
    this.#sayWaits();
  }

  #sayWaits() {
    if (this.#waits && this.#host !== null) window.parent.postMessage({ okienko: 1, kind: "waits", ...JSON.parse(this.#waits) }, this.#host);
  }

  #read() {
    this.#seen = this.#last;
    this.#tell("read", this.#seen);
    this.#count();
  }

  #count() {
    this.#tell("unread", Math.max(0, this.#last - this.#seen));
  }

  /** @param {string} origin @param {unknown} read the last line shown there: a frame may have no memory of its own */
  #greet(origin, read) {
    this.#host = origin;
    if (this.#begun && Number.isInteger(read)) this.#seen = Math.min(Number(read), this.#last);
    const close = byId("close");
    close.hidden = false;
    close.addEventListener("click", () => this.#tell("close"));
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.#tell("close"));
    this.#tell("ready");
    this.#sayWaits();
    this.#count();
  }

  /** @param {string} kind @param {number} [count] */
  #tell(kind, count) {
    if (this.#host !== null) window.parent.postMessage({ okienko: 1, kind, count }, this.#host);
  }
}

/** The page that says hello, if it is one of the origin it comes from. @param {MessageEvent} event */
function pageOf(event) {
  const page = typeof event.data.page === "string" ? safeUrl(event.data.page) : null;
  return page?.origin === event.origin && page.origin !== location.origin ? page.origin + page.pathname + page.search : "";
}
