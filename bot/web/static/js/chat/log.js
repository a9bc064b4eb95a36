/** The transcript on the page: puts slips in their order, keeps the end in view, never moves the focus. */
import { byId } from "../dom.js";
import { deskSlip, drawLinks, drawSpent, mark, ownSlip } from "./slip.js";
import { toggles } from "./transcript.js";
import { t } from "./words.js";

const NEAR_PX = 96;

export class Log {
  #box = byId("log");
  #slips = byId("slips");
  #typing = byId("typing");
  #toEnd = byId("to-end");
  /** @type {Map<number, Element>} */ #byLine = new Map();
  /** @type {Map<string, Element>} */ #bySent = new Map();

  /** @param {import("./transcript.js").Transcript} transcript */
  constructor(transcript) {
    this.transcript = transcript;
    this.#toEnd.addEventListener("click", () => this.#scroll(true));
    /** Whether the end is kept in view; only the reader's own scrolling changes it. */
    this.following = true;
    this.#box.addEventListener("scroll", () => {
      this.following = this.#box.scrollHeight - this.#box.scrollTop - this.#box.clientHeight < NEAR_PX;
      if (this.following) this.#toEnd.hidden = true;
    });
    new ResizeObserver(() => this.following && this.#scroll(false)).observe(this.#box);
  }

  /** A line of the transcript; `fresh` ones are seen being handed over. @param {import("./transcript.js").Line} line @param {boolean} fresh */
  show(line, fresh) {
    if (this.transcript.hides(line)) return;
    const same = this.#sameQuestion(line);
    if (same) {
      this.#byLine.set(line.id, same);
      return;
    }
    const slip = line.author === "customer" ? ownSlip(this.transcript.shown(line)) : deskSlip(line);
    if (line.author === "customer") mark(slip, "sent", line.at);
    this.#place(slip, line.id, fresh);
    if (this.following || !fresh) this.#scroll(false);
    else this.#offerEnd();
  }

  /** The customer's own words, at once. @param {import("./outbox.js").Item} item */
  echo(item) {
    const slip = ownSlip(item.label);
    slip.classList.add("fresh");
    mark(slip, "sending");
    this.#bySent.set(item.id, slip);
    this.#slips.append(slip);
    this.#scroll(false);
  }

  /** @param {import("./outbox.js").Item} item @param {"waiting"|"refused"} state */
  unsent(item, state) {
    const slip = this.#bySent.get(item.id);
    if (slip) mark(slip, state);
  }

  /** The desk has it: the slip shows what was stored, which may be less than what was typed. */
  settle(item, line) {
    const slip = this.#bySent.get(item.id);
    this.#bySent.delete(item.id);
    if (!slip) return;
    if (!line || this.transcript.hides(line) || this.#byLine.has(line.id)) {
      slip.remove();
      return;
    }
    const stored = ownSlip(this.transcript.shown(line));
    mark(stored, "sent", line.at);
    slip.replaceChildren(...stored.childNodes);
    slip.className = stored.className;
    slip.setAttribute("data-id", String(line.id));
    this.#byLine.set(line.id, slip);
  }

  /** Draws anew what changes with the standing: spent answers, live links. @param {import("./transcript.js").Line|null} open */
  refresh(open) {
    const live = new Set((this.transcript.standing?.links ?? []).map((link) => link.href));
    const latest = new Map();
    for (const line of this.transcript.lines) {
      const slip = this.#byLine.get(line.id);
      if (slip) latest.set(slip, line);
    }
    for (const [slip, line] of latest) {
      if (line.links.length) drawLinks(slip, line.links, live);
      if (line.buttons.length && line !== open) drawSpent(slip, line, this.transcript.chosen(line));
      else slip.querySelector(".spent")?.remove();
    }
    if (this.following) this.#scroll(false);
  }

  /** @param {boolean} on @param {string} words */
  typing(on, words) {
    this.#typing.hidden = !on;
    byId("typing-words").textContent = words;
    if (this.following) this.#scroll(false);
  }

  clear() {
    this.#byLine.clear();
    this.#slips.replaceChildren(...this.#bySent.values());
  }

  /** A question asked again only because a tick changed stays where it is, with what was said before it. @param {import("./transcript.js").Line} line */
  #sameQuestion(line) {
    if (!line.buttons.some(toggles)) return null;
    const before = this.transcript.lines.filter((known) => known.id < line.id && known.author !== "customer").pop();
    return before && before.text.endsWith(line.text) && before.buttons.some(toggles) ? (this.#byLine.get(before.id) ?? null) : null;
  }

  #place(slip, id, fresh) {
    slip.setAttribute("data-id", String(id));
    if (fresh) slip.classList.add("fresh");
    const later = [...this.#slips.children].find((other) => Number(other.getAttribute("data-id") ?? 0) > id);
    this.#slips.insertBefore(slip, later ?? null);
    this.#byLine.set(id, slip);
  }

  /** @param {boolean} smooth */
  #scroll(smooth) {
    this.#box.scrollTo({ top: this.#box.scrollHeight, behavior: smooth ? "smooth" : "instant" });
    this.following = true;
    this.#toEnd.hidden = true;
  }

  #offerEnd() {
    this.#toEnd.hidden = false;
    this.#toEnd.textContent = t("to_end");
  }
}
