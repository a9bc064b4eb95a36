/**
 * The one thing to do, between the talk and the input, where it is always in view: the button that places the order, or
 * the way to the page where one pays or sets a password. It stands here and nowhere else.
 */
import { byId, h } from "../dom.js";
import { announce } from "./announcer.js";
import { asks } from "./rows.js";
import { way } from "./slip.js";
import { inView, ORDER } from "./transcript.js";
import { asleep, bindsHere, guard, onTheSpot, sleep } from "./waking.js";
import { t } from "./words.js";

/** @typedef {import("./transcript.js").Line} Line */

export class Act {
  #box = byId("act");
  #drawn = "";
  /** @type {Line|null} the latest one with the order's card */ #line = null;
  #step = "";
  /** Where the button stood last. */ #top = 0;

  /** @param {import("./card.js").Acts} acts @param {() => void} followed */
  constructor(acts, followed) {
    this.acts = acts;
    this.followed = followed;
    guard(this.#box);
    new ResizeObserver(() => this.#moved()).observe(byId("log"));
  }

  /** A finger on its way to what stood here before places no order. */
  #moved() {
    const order = this.#box.querySelector(".order");
    const top = order?.getBoundingClientRect().top ?? 0;
    if (order && Math.abs(top - this.#top) > 1) sleep([order]);
    this.#top = top;
  }

  /**
   * @param {Line|null} line the open question @param {{link: import("./transcript.js").Link, total: string|null}|null} wanted the
   *   page that the open step waits for @param {string} step @param {boolean} busy what is ordered may still change
   */
  show(line, wanted, step, busy) {
    this.#box.setAttribute("aria-busy", String(busy));
    const order = line?.card?.kind === "order" && (line.card.missing || line.buttons.some((button) => button.payload === ORDER)) ? line : null;
    const sketch = order ? JSON.stringify([order.card, order.buttons]) : wanted ? JSON.stringify([wanted, document.documentElement.lang]) : "";
    this.#line = order;
    this.#step = step;
    if (sketch === this.#drawn) return;
    this.#drawn = sketch;
    const held = this.#box.contains(document.activeElement);
    const control = order ? this.#order(order) : wanted && this.#way(wanted);
    this.#box.replaceChildren(...(control ? [control] : []));
    this.#box.hidden = !control;
    this.#box.setAttribute("aria-label", t("answers"));
    if (control) this.#rouse(control);
    if (control && !order) putKeyboardAway();
    if (held) (control ? this.#box : byId("log")).focus({ preventScroll: true });
  }

  /** Where a finger has just pressed something binding nothing else that binds comes to stand. @param {HTMLElement} control */
  #rouse(control) {
    this.#box.classList.remove("lifted");
    this.#box.classList.toggle("lifted", bindsHere(control) && !control.hasAttribute("data-lacks") && onTheSpot([control]));
    sleep([control]);
  }

  /** Names the act and the sum; as long as something is missing it says what, and leads there. @param {Line} line */
  #order({ card, buttons }) {
    const missing = card?.missing ?? null;
    const words = buttons.find((known) => known.payload === ORDER)?.title ?? card?.act;
    const title = withSum(words ?? "", card?.total ?? null);
    const press = (event) => {
      if (missing) this.#point(missing);
      else if (this.#line && !asleep(event.currentTarget)) this.acts.press({ payload: ORDER, title }, this.#line, event.currentTarget);
    };
    return h("button", { type: "button", class: "order", "data-payload": ORDER, "data-binds": true, "data-lacks": missing !== null, onclick: press }, h("span", {}, words), card?.total && h("strong", {}, card.total), missing && h("small", {}, missing));
  }

  /** @param {{link: import("./transcript.js").Link, total: string|null}} wanted */
  #way({ link, total }) {
    const drawn = way({ ...link, title: link.title.includes(total ?? "") ? link.title : withSum(link.title, total) }, true);
    drawn?.setAttribute("data-way", "");
    drawn?.addEventListener("click", (event) => (asleep(drawn) ? event.preventDefault() : this.followed()));
    return drawn;
  }

  /** Leads to the first row that is missing. @param {string} missing */
  #point(missing) {
    const open = (row) => row.choices.length && !row.choices.some((choice) => choice.chosen);
    const rows = inView(this.#line?.card?.rows ?? []);
    const row = rows.find((known) => asks(known, this.#step) && open(known)) ?? rows.find(open);
    const slip = document.querySelector(`.slip.carded[data-id="${this.#line?.id}"]`);
    const first = /** @type {HTMLElement|null|undefined} */ (row && slip?.querySelector(`[data-row="${CSS.escape(row.name)}"] [data-payload]`));
    announce([missing]);
    this.#box.querySelector(".order")?.classList.add("lacking");
    first?.scrollIntoView({ block: "nearest" });
    first?.focus({ preventScroll: true });
  }
}

/** What one does, and for how much. @param {string} words @param {string|null} total */
const withSum = (words, total) => (total ? `${words}\u00a0·\u00a0${total}` : words);

/** Nothing is to be typed now. */
function putKeyboardAway() {
  const input = /** @type {HTMLInputElement} */ (byId("input"));
  if (document.activeElement === input && !input.value && matchMedia("(pointer: coarse)").matches) input.blur();
}
