/** The lintel: who speaks, how far we are, and a menu of what can be asked for at any time. */
import { byId, h } from "../dom.js";
import { current, locales, t } from "./words.js";

/** Who speaks now, by name where it is known. @param {any} standing */
const agentWords = (standing) => (standing.speaker ? t("mode_agent_named", { name: standing.speaker }) : t("mode_agent"));

const END_MS = 2000; // for which a full bar stays

export class Header {
  #menu = byId("menu");
  #button = byId("menu-button");
  #drawn = "";
  #furthest = 0;
  #leaving = 0;

  /** @param {(command: string) => void} say */
  constructor(say) {
    this.say = say;
    this.host = byId("mode").textContent;
    this.#button.addEventListener("click", () => this.#open(this.#menu.hidden));
    this.#menu.addEventListener("keydown", (event) => event.key === "Escape" && this.#close(event));
    this.#button.addEventListener("keydown", (event) => event.key === "Escape" && this.#close(event));
    document.addEventListener("pointerdown", (event) => {
      const inside = event.target instanceof Node && (this.#menu.contains(event.target) || this.#button.contains(event.target));
      if (!inside) this.#open(false);
    });
    this.#draw();
  }

  /** @param {any} standing */
  show(standing) {
    byId("mode").textContent = standing?.mode === "agent" ? agentWords(standing) : standing?.mode === "waiting" ? t("mode_waiting") : standing?.heading || this.host;
    this.#tell(standing);
    this.#draw();
  }

  /** The stage, and how far one is: never less than before on the same way, whose end is seen. @param {any} standing */
  #tell(standing) {
    const { n, of, share } = standing?.stage ?? { n: 0, of: 0, share: 0 };
    const [box, words, bar] = [byId("progress"), byId("progress-words"), /** @type {HTMLProgressElement} */ (byId("progress-bar"))];
    const over = n > of;
    clearTimeout(this.#leaving);
    if (over) this.#leaving = setTimeout(() => (box.hidden = true), END_MS);
    else box.hidden = !n;
    if (box.hidden || !n) {
      this.#furthest = 0;
      return;
    }
    words.textContent = over ? words.textContent.replace(/( ✓)?$/, " ✓") : of > 1 ? t("progress", { n, of, part: standing.part }) : standing.part;
    this.#furthest = over ? 1 : Math.max(this.#furthest, (n - 1 + share) / of);
    bar.max = of;
    bar.value = this.#furthest * of;
  }

  #draw() {
    if (this.#drawn === current()) return; // else an open menu would lose the focus
    this.#drawn = current();
    byId("menu-word").textContent = t("menu");
    byId("about").textContent = t("about");
    // The less harm a slip of the finger does, the further up.
    const ask = (command, key) => h("button", { type: "button", onclick: () => this.#pick(command) }, t(key));
    const languages = locales().map((locale) =>
      h("button", { type: "button", lang: locale, "aria-pressed": String(locale === current()), onclick: () => this.#pick(`/lang ${locale}`) }, locale.toUpperCase()),
    );
    this.#menu.replaceChildren(
      ask("/help", "menu_help"),
      ask("/back", "menu_back"),
      ask("/agent", "menu_agent"),
      h("div", { class: "languages" }, h("span", {}, t("menu_language")), ...languages),
      h("div", { class: "apart" }, ask("/restart", "menu_restart")),
    );
  }

  /** @param {string} command */
  #pick(command) {
    this.#open(false);
    this.#button.focus();
    this.say(command);
  }

  /** @param {KeyboardEvent} event */
  #close(event) {
    if (this.#menu.hidden) return;
    event.stopPropagation();
    this.#open(false);
    this.#button.focus();
  }

  /** @param {boolean} open */
  #open(open) {
    this.#menu.hidden = !open;
    this.#button.setAttribute("aria-expanded", String(open));
  }
}
