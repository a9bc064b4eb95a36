/** The conversation as data: which lines there are, which question is open. Knows no page. */

const ON = /^[☑✅✓✔🗹]\s*/u;
const OFF = /^[☐⬜◻□▢]\s*/u;
const ASKING = new Set(["choice", "consents", "confirm_data"]);
export const PAGES = new Set(["secure_page", "payment"]);
const EQUAL = /^(zone|account|method|card|paypal|auto_renewal|addons|plan|years|cart|edit|helpful|discount):/;

/** What ends or throws away what the customer has (the desk's `Option.loses`), but for what is one among equals. */
const LOSES = /^((erase|end_renewal|restart):y|open_order:c|renew:stop|end:|withdraw:c|(forget|log_ins:end|consents:withdraw):)/;

/** @typedef {{title: string, payload: string, words?: string}} Button */
/** @typedef {{rel: string, href: string, title: string, id: string|null}} Link */
/** @typedef {{title: string, payload: string, chosen: boolean, binds: boolean}} Choice */
/** @typedef {{name: string, label: string, value: string, edit: string|null, choices: Choice[], document: string|null, copy: boolean, covers: string[], was?: string|null}} Row `covers`: the rows whose answers its one choice gives */
/** @typedef {{kind: string, key: string, title: string, rows: Row[], total: string|null, total_label: string, state: string|null, missing: string|null, act: string|null}} Card */
/** @typedef {{id: number, seq: number|null, author: string, text: string, buttons: Button[], links: Link[], at: string, by?: string|null, card?: Card|null, payload?: string|null, kind?: string|null, confirms?: number, quiet?: number}} Line `payload`: of the button that a customer pressed; `kind`: of what is no text; `confirms`: so much at its beginning only confirms an answer; `quiet`: so much at its end asks for what the controls ask for */

const TICKS = /^[a-z0-9_]+:toggle:/;

/** Whether the button ticks one of several boxes and stays. @param {Button} button */
export const toggles = (button) => TICKS.test(button.payload);

const CODE = /^•{6}$/; // as the desk keeps one: what became of it stands in its boxes, or in the answer

/** Whether a customer's line answers no question: the page's own greeting, ticks. @param {Line} line */
const unsaid = (line) => /^\/start(\s|$)/.test(line.text) || TICKS.test(line.payload ?? "");

/** Whether the button leads aside (back, help, a person) and is no answer. @param {Button} button */
export const aside = (button) => /^(\/|cmd:)/.test(button.payload);

const BINDS = /^(pay:now|(terms|clauses|terms_clauses|statement):accept|einvoice:activate|consents:(done|required|all)|renew:now|(auto_renewal|confirm):yes)$/;

/** Whether pressing the button may conclude a contract or give a consent. @param {Button} button */
export const binds = (button) => BINDS.test(button.payload);

/** The button that places an order. */
export const ORDER = "pay:now";

/** The button by which a payment that failed is tried again, where the way to pay does the same. @param {Line} line */
export const paidAgain = (line) => (line.links.some((link) => link.rel === "payment") && line.card?.kind !== "order" ? line.buttons.find((button) => button.payload === ORDER) : undefined);

/** Whether the button only sends a code or a link once more. @param {Button} button */
export const resends = (button) => /:again$|^contact_code:letter$/.test(button.payload);

/** A toggle's words and whether it is ticked, as the mark before its title says. @param {Button} button */
export function tick(button) {
  if (ON.test(button.title)) return { on: true, title: button.title.replace(ON, "") };
  return { on: false, title: button.title.replace(OFF, "") };
}

/** Whether what the row of a receipt agrees to is given by a button below it: the next act has the place of the last. @param {Row} row @param {Line} line */
export const agreesBelow = (row, line) => line.card?.kind === "receipt" && row.choices.length === 1 && row.choices[0].binds;

/** What stands in the line's card to be pressed, by payload: answers in rows, changes of rows, the order. @param {Line} line */
export function inCard(line) {
  const rows = (line.card?.rows ?? []).filter((row) => !agreesBelow(row, line));
  const pressed = rows.flatMap((row) => [...row.choices.map((choice) => choice.payload), ...takenBack(row), ...(row.edit ? [row.edit] : [])]);
  return new Set([...pressed, ...(line.card?.kind === "order" ? [ORDER] : [])].filter(Boolean));
}

/** The rows in view: one that answers others at one press stands in their place. @param {Row[]} rows */
export function inView(rows) {
  const covered = new Set(rows.flatMap((row) => (row.choices.length ? row.covers : [])));
  return rows.filter((row) => !covered.has(row.name));
}

/** All that is agreed to in a row: what binds counts only where these words were read. @param {Row[]} rows @param {Row} row */
export const agreedTo = (rows, row) => [row, ...rows.filter((known) => row.covers.includes(known.name))].map((known) => known.value).join("\n");

/** A switch says no by being off: its row may hold the yes alone. @param {Row} row */
const takenBack = (row) => row.choices.filter((choice) => choice.payload.endsWith(":yes")).map((choice) => choice.payload.replace(/yes$/, "no"));

/** Whether the customer's answer is to be typed here. @param {Line} line */
export const asksForWords = (line) => !line.links.length && !inCard(line).size && line.buttons.every((button) => aside(button) || resends(button));

/** The answer that most would give, where the step has one; none where what stands first loses something. @param {Line} line @param {string} expects @param {Set<string>} equal steps whose answers are equals */
export function likely(line, expects, equal) {
  const boxes = line.buttons.filter(toggles);
  const main = line.buttons.filter((button) => !toggles(button) && !aside(button) && !resends(button));
  if (boxes.length) return main.find((button) => (boxes.some((box) => tick(box).on) ? button.payload.endsWith(":done") : button.payload === "consents:required"));
  const standing = inCard(line);
  const first = main.find((button) => !standing.has(button.payload));
  // Beside a way to pay no answer stands out, nor does one among equals; where one types there is none.
  return !line.links.some((link) => link.rel !== "document") && (ASKING.has(expects) || first?.payload === ORDER) && first && !EQUAL.test(first.payload) && !equal.has(first.payload.split(":")[0]) && !LOSES.test(first.payload) ? first : undefined;
}

export class Transcript {
  /** @type {Line[]} */ lines = [];
  /** @type {any} */ standing = null;

  /** True if the line is new; a line that comes twice counts once. @param {Line} line */
  add(line) {
    if (this.lines.some((known) => known.id === line.id)) return false;
    this.lines.push(line);
    this.lines.sort((one, other) => one.id - other.id);
    return true;
  }

  /** What the page greeted with before there was a conversation, if this is its line now. @param {Line} line */
  greeting(line) {
    return line.seq === 1 ? this.lines.find((known) => known.id === 0) : undefined;
  }

  /** The line whose buttons may be pressed, or null. */
  open() {
    const answered = this.#last((line) => line.author === "customer");
    const asked = this.#last((line) => line.buttons.length > 0 || (this.standing?.sheet && line.author !== "customer"));
    if (!asked || this.standing?.mode === "agent") return null;
    if (!answered || asked.id > answered.id) return asked;
    // A digression without buttons left the same choice open: offer it again rather than leave no way on.
    return ASKING.has(this.standing?.expects) && this.spokenSince(answered.id) ? asked : null;
  }

  /** Whether one pays in boxes below the talk, and the page is the other way. */
  get boxed() {
    return Boolean(this.standing?.codes?.some(({ by }) => by === "blik"));
  }

  /** The page that the open step waits for, with the sum that is paid there. */
  way() {
    const { expects, links } = this.standing ?? {};
    const last = this.lines.at(-1);
    const rel = PAGES.has(expects) ? expects : last?.card?.kind === "receipt" && last.links.some((known) => known.rel === "login") && "login";
    const found = rel && links.find((known) => known.rel === rel);
    const open = found && this.open();
    const again = open && paidAgain(open);
    const link = again ? { ...found, title: again.title } : found;
    const asked = rel === "payment" && link && this.#last((line) => line.links.some((known) => known.href === link.href));
    return link ? { link, total: (asked && asked.card?.total) || null } : null;
  }

  /** What was pressed by its words; the change of a card's row by the row's; none where the line doesn't offer it. @param {Line} line @param {string} payload */
  title(line, payload) {
    const button = line.buttons.find((known) => known.payload === payload);
    if (button) return tick(button).title;
    const rows = line.card?.rows ?? [];
    return rows.flatMap((row) => row.choices).find((choice) => choice.payload === payload)?.title ?? rows.find((row) => row.edit === payload)?.label ?? "";
  }

  /** The button, by payload, by which a question was answered; null for words. @param {Line} question */
  chosen(question) {
    const next = this.lines.find((line) => line.author === "customer" && line.id > question.id && !unsaid(line));
    return next?.payload && this.#asked(next)?.id === question.id ? next.payload : null;
  }

  /** Whether the line answers words of the customer's, or a press outside of the card that was shown. @param {Line} line */
  answersBeside(line) {
    const before = this.#last((known) => known.id < line.id);
    if (before?.author !== "customer" || unsaid(before)) return false;
    const asked = this.#asked(before);
    return !(before.payload && asked && inCard(asked).has(before.payload));
  }

  /** Lines that are no words of the customer's: the page's own greeting, and presses, which the question shows. @param {Line} line */
  hides(line) {
    return line.author === "customer" && (unsaid(line) || CODE.test(line.text) || this.#asked(line) !== null);
  }

  /** Whether the line comes of what the customer pressed, or entered in boxes: that shows by itself that it was taken. @param {Line} line */
  pressedBefore(line) {
    const before = this.#last((known) => known.id < line.id);
    return before && this.hides(before);
  }

  /** The line whose button the customer pressed. @param {Line} line */
  #asked(line) {
    const { payload } = line;
    return payload ? this.#last((earlier) => earlier.id < line.id && this.title(earlier, payload) !== "") : null;
  }

  /** Whether the desk has said anything after that line. @param {number} id */
  spokenSince(id) {
    return this.lines.some((line) => line.author !== "customer" && line.id > id);
  }

  /** @param {(line: Line) => boolean} fits */
  #last(fits) {
    return [...this.lines].reverse().find(fits) ?? null;
  }
}
