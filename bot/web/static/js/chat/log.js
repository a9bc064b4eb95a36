/** The transcript on the page: puts slips in their order, a card in the place of the one before it; never moves the focus. */
import { byId } from "../dom.js";
import { announce } from "./announcer.js";
import { CardView, changes } from "./card.js";
import { deskSlip, drawAnswer, drawLinks, drawWords, mark, ownSlip, ownWords, pressedWords } from "./slip.js";
import { inCard, tick, toggles } from "./transcript.js";
import { guard } from "./waking.js";
import { View } from "./view.js";

/** @typedef {import("./transcript.js").Line} Line */
/** @typedef {{slip: Element, view: CardView, line: Line}} Carded */

const PARTS = "\n\n"; // what is said, then what is asked
const BEGUN = ["offer", "company", "order"];
/** The cards of one order, each of which takes the place of the one before: it becomes its own receipt. */ const OF_ORDER = [...BEGUN, "payment", "transfer", "receipt"];

export class Log {
  #slips = byId("slips");
  #typing = byId("typing");
  /** @type {string|null} */ #writes = null;
  /** @type {string|null} */ #heard = null;
  #view = new View();
  /** @type {Map<number, Element>} */ #byLine = new Map();
  /** @type {Map<string, Element>} */ #bySent = new Map();
  /** @type {Map<string, Carded>} */ #byCard = new Map();
  /** @type {Map<number, {payload: string, state: "waiting"|"refused"|""}>} presses that aren't stored yet, by their question */ #presses = new Map();

  /** @param {import("./transcript.js").Transcript} transcript @param {import("./card.js").Acts} acts */
  constructor(transcript, acts) {
    this.transcript = transcript;
    this.acts = acts;
    guard(this.#slips);
  }

  /** A line of the transcript; `fresh` ones are seen being handed over. @param {Line} line @param {boolean} fresh @param {boolean} [flying] something of the customer's is on its way */
  show(line, fresh, flying) {
    if (this.transcript.hides(line)) return;
    if (flying ? this.#bySent.size : !this.transcript.pressedBefore(line)) line.confirms = 0;
    this.#view.look();
    const same = this.#sameQuestion(line);
    if (same) {
      this.#byLine.set(line.id, same);
      return;
    }
    const carded = line.card ? this.#earlier(line.card) : undefined;
    const before = carded?.line ?? null;
    if (carded) this.#takePlace(carded, line, fresh, this.#beside(carded, line));
    else this.#add(line, fresh);
    if (line.author === "agent") this.#heard = null;
    if (!fresh || line.author === "customer") return;
    const parts = [...changes(line, before), before?.text === line.text ? "" : line.text].filter(Boolean);
    if (parts.length) this.acts.read(line);
    announce(parts);
  }

  /** The customer's own words, at once. @param {import("./outbox.js").Item} item */
  echo(item) {
    const slip = ownSlip(item.label);
    slip.classList.add("fresh");
    mark(slip, "sending");
    this.#bySent.set(item.id, slip);
    this.#view.look();
    this.#slips.append(slip);
    this.#view.added(slip, false);
  }

  /** The greeting has become a line of the journal, and says what that says. @param {Line} greeting @param {Line} line */
  adopt(greeting, line) {
    const slip = this.#byLine.get(greeting.id);
    const press = this.#presses.get(greeting.id);
    const same = greeting.text === line.text;
    this.#byLine.delete(greeting.id);
    this.#presses.delete(greeting.id);
    Object.assign(greeting, line);
    if (press) this.#presses.set(line.id, press);
    if (!slip) return;
    slip.setAttribute("data-id", String(line.id));
    this.#byLine.set(line.id, slip);
    if (!same) drawWords(slip, greeting);
  }

  /** The customer has pressed an answer of this line, which shows it until it is stored. @param {Line} line @param {string} payload @param {"waiting"|"refused"|""} state */
  press(line, payload, state) {
    this.#presses.set(line.id, { payload, state });
  }

  /** The customer has answered: what comes is wanted in view. */
  acted() {
    this.#view.acted();
  }

  /** @param {Line} line */
  pressStored(line) {
    this.#presses.delete(line.id);
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
    const stored = ownSlip(ownWords(line));
    mark(stored, "sent", line.at);
    slip.replaceChildren(...stored.childNodes);
    slip.className = stored.className;
    slip.setAttribute("data-id", String(line.id));
    this.#byLine.set(line.id, slip);
  }

  /**
   * Draws anew what changes with the standing: answers given, live links, cards.
   * @param {Line|null} open
   * @param {string} [apart] the address that stands over the input
   */
  refresh(open, apart) {
    this.#view.look();
    const live = new Set((this.transcript.standing?.links ?? []).map((link) => link.href));
    const step = this.transcript.standing?.step ?? "";
    const latest = new Map();
    for (const line of this.transcript.lines) {
      const slip = this.#byLine.get(line.id);
      if (slip) latest.set(slip, line);
    }
    for (const [slip, line] of latest) {
      if (line.links.length || slip.querySelector(".links")) drawLinks(slip, line, live, apart);
      this.#drawAnswer(slip, line, open);
    }
    for (const { view, line } of this.#byCard.values()) view.draw(line, { live: line.id === open?.id, step });
    this.#view.settle();
  }

  /** What tells that an agent is writing is read out once for each answer. @param {string|null} words */
  writes(words) {
    if (words && words !== this.#heard) announce([words]);
    this.#heard = words || this.#heard;
    this.#writes = words;
  }

  /** @param {boolean} machine @param {string} its its words */
  typing(machine, its) {
    const on = machine || Boolean(this.#writes);
    const words = this.#writes || its;
    if (this.#typing.hidden === !on && byId("typing-words").textContent === words) return;
    this.#typing.hidden = !on;
    byId("typing-words").textContent = words;
    this.#view.settle();
  }

  /** All that was said so far is shown. */
  drawn() {
    this.#view.drawn();
  }

  /** The window has another shape. */
  fit() {
    this.#view.settle();
  }

  clear() {
    this.#byLine.clear();
    this.#byCard.clear();
    this.#slips.replaceChildren(...this.#bySent.values());
  }

  /** The slip in whose place a card comes: that of its own key, else of the order that is being made. @param {import("./transcript.js").Card} card */
  #earlier({ key, kind }) {
    const last = OF_ORDER.includes(kind) ? [...this.#byCard].reverse().find(([, { line }]) => OF_ORDER.includes(line.card?.kind ?? "")) : undefined;
    if (!last || this.#byCard.has(key) || !BEGUN.includes(last[1].line.card?.kind ?? "")) return this.#byCard.get(key);
    this.#byCard.delete(last[0]);
    this.#byCard.set(key, last[1]);
    return last[1];
  }

  /** The fields of the open question, on its slip; none where it has none. @param {Line|null} line @param {Element|null} form */
  hold(line, form) {
    const slip = line && this.#byLine.get(line.id);
    if (form && slip && form.parentElement !== slip) slip.insertBefore(form, slip.querySelector(":scope > .links, :scope > .spent"));
    for (const other of this.#slips.querySelectorAll("form.fields")) if (other !== form) other.remove();
    this.#view.settle();
  }

  /** @param {Line} line @param {boolean} fresh */
  #add(line, fresh) {
    const own = line.author === "customer";
    const slip = own ? ownSlip(ownWords(line)) : deskSlip(line);
    slip.setAttribute("data-first", String(line.id));
    if (own) mark(slip, "sent", line.at);
    if (line.card) this.#byCard.set(line.card.key, { slip, view: new CardView(slip, line, this.acts), line });
    this.#place(slip, line.id, fresh);
    this.#drawCard(line);
    this.#view.added(slip, !own);
  }

  /** What was answered beside the card to words of the customer's, or to what was pressed elsewhere. @param {Carded} carded @param {Line} line */
  #beside(carded, line) {
    const press = this.#presses.get(carded.line.id);
    const asked = press ? !inCard(carded.line).has(press.payload) : this.#bySent.size > 0 || this.transcript.answersBeside(line);
    return asked ? line.text.slice(0, Math.max(0, line.text.lastIndexOf(PARTS))) : "";
  }

  /**
   * The slip shows the later card: where it is, if nothing was said since, else at the end. What was answered beside it is a
   * slip of its own, which the next card leaves where it is.
   * @param {Carded} carded @param {Line} line @param {boolean} fresh @param {string} beside
   */
  #takePlace(carded, line, fresh, beside) {
    const { slip } = carded;
    const former = carded.line;
    const another = carded.line.card?.kind !== line.card?.kind;
    const stays = slip === this.#slips.lastElementChild && !another && !beside;
    carded.line = line;
    const draw = () => {
      slip.classList.remove("fresh", `kind-${carded.view.line.card?.kind}`);
      drawWords(slip, beside ? { ...line, text: line.text.slice(beside.length + PARTS.length), confirms: 0 } : line);
      this.#drawCard(line);
    };
    this.#byLine.set(line.id, slip);
    if (stays) {
      slip.setAttribute("data-id", String(line.id));
      this.#view.still(slip, draw);
      return;
    }
    draw();
    this.#place(slip, line.id, fresh);
    if (former.card?.kind === "offer" && another) this.#leaveWords(former, slip);
    const answer = beside ? deskSlip({ ...line, text: beside, quiet: 0, card: null }) : null;
    if (answer) slip.before(answer);
    this.#view.added(answer ?? slip, true);
  }

  /** The greeting stays where it was said: only its card goes on. @param {Line} line @param {Element} slip */
  #leaveWords(line, slip) {
    if (!line.text) return;
    const words = deskSlip({ ...line, card: null });
    words.setAttribute("data-first", slip.getAttribute("data-first") ?? "");
    this.#place(words, line.id, false);
  }

  /** Its shape at once; what may be pressed is known with the standing. @param {Line} line */
  #drawCard(line) {
    const carded = line.card && this.#byCard.get(line.card.key);
    if (carded) carded.view.draw(line, { live: carded.view.live, step: this.transcript.standing?.step ?? "" });
  }

  /** @param {Element} slip @param {Line} line @param {Line|null} open */
  #drawAnswer(slip, line, open) {
    const press = this.#presses.get(line.id);
    const payload = press?.payload ?? this.transcript.chosen(line);
    const over = line !== open && line.id !== open?.id;
    const ticked = over && payload !== null ? line.buttons.filter((button) => toggles(button) && tick(button).on).map((button) => tick(button).title) : [];
    const shown = payload !== null && (over || press) ? [...ticked, pressedWords(line, payload, this.transcript.title(line, payload))] : [];
    drawAnswer(slip, shown, press?.state ?? "");
  }

  /** A question asked again only because a tick changed stays where it is, with what was said before it. @param {Line} line */
  #sameQuestion(line) {
    if (!line.buttons.some(toggles)) return null;
    const before = this.transcript.lines.filter((known) => known.id < line.id && known.author !== "customer").pop();
    return before && before.text.endsWith(line.text) && before.buttons.some(toggles) ? (this.#byLine.get(before.id) ?? null) : null;
  }

  #place(slip, id, fresh) {
    slip.setAttribute("data-id", String(id));
    if (fresh) slip.classList.add("fresh");
    const later = [...this.#slips.children].find((other) => other !== slip && Number(other.getAttribute("data-id") ?? 0) > id);
    if (slip.nextElementSibling !== (later ?? null) || !slip.isConnected) this.#slips.insertBefore(slip, later ?? null);
    this.#byLine.set(id, slip);
  }
}
