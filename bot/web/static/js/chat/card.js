/** A card on its slip: title, rows, total, state. Drawn anew row by row; the button that places an order is in act.js. */
import { h } from "../dom.js";
import { asks, documents, drawRow, shows, spoken } from "./rows.js";
import { agreedTo, inView } from "./transcript.js";
import { asleep, sleep } from "./waking.js";
import { t } from "./words.js";

const IN_VIEW = 6;

/** @typedef {import("./transcript.js").Line} Line */
/** @typedef {import("./wishes.js").Wish} Wish */
/**
 * @typedef {{press: (button: {title: string, payload: string}, line: Line, control: Element) => void, wish: (wish: Wish) => void,
 *   hold: (line: Line|null, form: Element|null) => void, chosen: import("./rows.js").At["chosen"], say: (text: string) => void, read: (line: Line) => void}} Acts
 */

export class CardView {
  #box = h("div", { class: "card", role: "group" });
  #title = h("h2");
  #list = h("ul", { class: "rows" });
  #sum = h("div");
  /** @type {Map<string, {sketch: string, drawn: import("./rows.js").Drawn}>} */ #rows = new Map();
  live = false;
  #ending = "";

  /** @param {Element} slip @param {Line} line @param {Acts} acts */
  constructor(slip, line, acts) {
    this.acts = acts;
    this.line = line;
    this.slip = slip;
    slip.insertBefore(this.#box, slip.querySelector(":scope > .words"));
    this.#box.append(this.#title, this.#list, this.#sum);
  }

  /** @param {Line} line the latest one with this card @param {{live: boolean, step: string}} how */
  draw(line, { live, step }) {
    const woken = live && !this.live;
    const card = /** @type {import("./transcript.js").Card} */ (line.card);
    this.line = line;
    this.live = live;
    this.slip.classList.add("carded", `kind-${card.kind}`);
    this.#box.setAttribute("aria-label", card.title);
    this.#title.textContent = card.title;
    const fresh = this.#drawRows(line, live, step);
    this.#drawEnd(card);
    this.#drawDiscount();
    for (const { drawn } of this.#rows.values()) drawn.sync?.();
    if (woken) sleep(this.slip.querySelectorAll("[data-payload]"));
    else sleep(fresh);
  }

  /** The controls of rows that weren't there before. @param {Line} line @param {boolean} live @param {string} step */
  #drawRows(line, live, step) {
    const rows = inView(line.card?.rows ?? []);
    const at = { live, step, line, press: (control, wish) => this.#press(control, wish), chosen: this.acts.chosen, say: this.acts.say };
    const held = focusIn(this.#box);
    const before = this.#rows;
    this.#rows = new Map();
    for (const row of rows.filter((known) => shows(known, live))) {
      const name = nameIn(this.#rows, row.name);
      const words = agreedTo(line.card?.rows ?? [], row);
      const sketch = JSON.stringify([row, live, words, documents(row, line), asks(row, step), t("change")]);
      const known = before.get(name);
      this.#rows.set(name, known?.sketch === sketch ? known : { sketch, drawn: named(drawRow(row, at), name) });
    }
    this.#arrange([...this.#rows.values()].map(({ drawn }) => drawn.node).filter((node) => !node.matches(BESIDE_SUM)));
    if (held) this.#box.querySelector(`[data-row="${CSS.escape(held.row)}"]`)?.querySelectorAll(FOCUSABLE)[held.n]?.focus({ preventScroll: true });
    return [...this.#rows].filter(([name]) => !before.has(name)).flatMap(([, { drawn }]) => [...drawn.node.querySelectorAll("[data-payload]")]);
  }

  /** Rows that stay aren't touched; behind the sixth what only tells is folded away. @param {HTMLElement[]} nodes */
  #arrange(nodes) {
    const tells = nodes.every((node) => !node.querySelector("[data-payload]"));
    const folded = tells ? nodes.slice(IN_VIEW) : [];
    const wanted = folded.length > 1 ? nodes.slice(0, IN_VIEW) : nodes;
    for (const node of [...this.#list.children]) if (!wanted.includes(/** @type {HTMLElement} */ (node))) node.remove();
    wanted.forEach((node, n) => this.#list.children[n] !== node && this.#list.insertBefore(node, this.#list.children[n] ?? null));
    this.#box.querySelector(":scope > details")?.remove();
    if (folded.length > 1) this.#list.after(h("details", {}, h("summary", {}, t("more_rows")), h("ul", { class: "rows" }, ...folded)));
  }

  /** @param {import("./transcript.js").Card} card */
  #drawEnd(card) {
    const sketch = JSON.stringify([card.kind, card.total_label, card.total, card.state]);
    if (sketch === this.#ending) return;
    this.#ending = sketch;
    const state = card.state && h("p", { class: "state", dir: "auto" }, card.state);
    const total = card.total && h("p", { class: "total" }, h("span", { class: "label" }, card.total_label), " ", h("strong", {}, card.total));
    const stamp = card.kind === "receipt" && h("p", { class: "stamp" }, h("span", {}, card.state ?? ""), " ", h("strong", {}, card.total ?? ""));
    const end = stamp ? h("div", { class: "end" }, stamp) : h("div", { class: "end" }, total || null, state || null);
    this.#sum.replaceWith(end);
    this.#sum = end;
  }

  /** Beside the sum, which it lowers. */
  #drawDiscount() {
    const node = [...this.#rows.values()].map(({ drawn }) => drawn.node).find((known) => known.matches(BESIDE_SUM));
    const drawn = this.#sum.querySelector(`:scope > ${BESIDE_SUM}`);
    if (drawn !== (node ?? null)) drawn?.remove();
    if (node && drawn !== node) this.#sum.prepend(node);
  }

  /** @param {Element} control @param {Wish} wish */
  #press(control, wish) {
    if (asleep(control)) return false;
    this.acts.wish(wish);
    return true;
  }
}

const BESIDE_SUM = ".discount"; // the quiet way to enter a code
const FOCUSABLE = "a, button, input, summary";

/** @param {Element} card */
function focusIn(card) {
  const row = document.activeElement?.closest("[data-row]");
  if (!row || !card.contains(row)) return null;
  return { row: row.getAttribute("data-row") ?? "", n: [...row.querySelectorAll(FOCUSABLE)].indexOf(/** @type {Element} */ (document.activeElement)) };
}

/** Several rows may have one name: goods in a cart. @param {Map<string, unknown>} rows @param {string} name */
function nameIn(rows, name) {
  let unique = name;
  for (let n = 2; rows.has(unique); n++) unique = `${name} ${n}`;
  return unique;
}

/** @param {import("./rows.js").Drawn} drawn @param {string} name */
function named(drawn, name) {
  drawn.node.setAttribute("data-row", name);
  drawn.sync?.();
  return drawn;
}

/** What is read out of a card that takes another's place: what has changed, or all of a new one. @param {Line} line @param {Line|null} before */
export function changes(line, before) {
  const [card, former] = [line.card, before?.card];
  if (!card) return [];
  const told = (shown) => [...inView(shown.rows).filter((row) => shows(row, false)).map(spoken), shown.total && `${shown.total_label} ${shown.total}`, shown.state];
  if (!former) return [card.title, ...told(card)];
  const said = new Set([...told(former), former.missing]);
  const now = [...told(card), card.missing];
  return [...(card.title !== former.title ? [card.title] : []), ...now.filter((words) => words && !said.has(words))];
}
