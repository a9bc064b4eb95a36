/**
 * Inside `<okienko-chat>` on another site: a few words with the element around us. The first word must be the
 * element's, from an origin the desk allows; only that origin is answered.
 */
import { byId, safeUrl } from "../dom.js";
import { embeddedIn } from "./embedder.js";

export class Frame {
  /** @type {string|null} */ #host = null;
  #unread = 0;

  /** @param {() => void} placed called when it is known where the chat is embedded */
  constructor(placed) {
    if (window.parent === window) return;
    const allowed = new Set([location.origin, ...(byId("window").dataset.embedders ?? "").split(" ")]);
    addEventListener("message", (event) => {
      if (event.source !== window.parent || !allowed.has(event.origin) || event.data?.okienko !== 1) return;
      if (event.data.kind === "hello" && this.#host === null) {
        this.#greet(event.origin);
        embeddedIn(pageOf(event));
        placed();
      }
      if (event.data.kind === "shown") this.#tell("unread", (this.#unread = 0));
    });
  }

  /** A line came from the desk. */
  heard() {
    if (this.#host !== null) this.#tell("unread", ++this.#unread);
  }

  /** @param {string} origin */
  #greet(origin) {
    this.#host = origin;
    const close = byId("close");
    close.hidden = false;
    close.addEventListener("click", () => this.#tell("close"));
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.#tell("close"));
    this.#tell("ready");
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
