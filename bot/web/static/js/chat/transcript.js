/** The conversation as data: which lines there are, which question is open. Knows no page. */

const ON = /^[☑✅✓✔🗹]\s*/u;
const OFF = /^[☐⬜◻□▢]\s*/u;
const ASKING = new Set(["choice", "consents", "confirm_data"]);

/** @typedef {{title: string, payload: string}} Button */
/** @typedef {{rel: string, href: string, title: string, id: string|null}} Link */
/** @typedef {{id: number, seq: number|null, author: string, text: string, buttons: Button[], links: Link[], at: string, by?: string|null}} Line */

/** Whether the button ticks one consent and stays. @param {Button} button */
export const toggles = (button) => button.payload.startsWith("consents:toggle:");

/** Whether the button leads aside (back, help, a person) and is no answer. @param {Button} button */
export const aside = (button) => /^(\/|cmd:)/.test(button.payload);

const BINDS = /^(pay:now|(terms|clauses|statement):accept|einvoice:activate|consents:(done|required|all)|renew:now|(auto_renewal|confirm):yes)$/;

/** Whether pressing the button may conclude a contract or give a consent. @param {Button} button */
export const binds = (button) => BINDS.test(button.payload);

/** Whether the button only sends a code or a link once more. @param {Button} button */
export const resends = (button) => button.payload.endsWith(":again");

/** A toggle's words and whether it is ticked, as the mark before its title says. @param {Button} button */
export function tick(button) {
  if (ON.test(button.title)) return { on: true, title: button.title.replace(ON, "") };
  return { on: false, title: button.title.replace(OFF, "") };
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

  /** The line whose buttons may be pressed, or null. */
  open() {
    const answered = this.#last((line) => line.author === "customer");
    const asked = this.#last((line) => line.buttons.length > 0);
    if (!asked || this.standing?.mode === "agent") return null;
    if (!answered || asked.id > answered.id) return asked;
    // A digression without buttons left the same choice open: offer it again rather than leave no way on.
    return ASKING.has(this.standing?.expects) && this.#spoken(answered) ? asked : null;
  }

  /** What the customer's line shows: a button's title where it holds its payload. @param {Line} line */
  shown(line) {
    for (const earlier of [...this.lines].reverse()) {
      if (earlier.id >= line.id) continue;
      const pressed = earlier.buttons.find((button) => button.payload === line.text);
      if (pressed) return tick(pressed).title;
    }
    return line.text;
  }

  /** The title of the button by which a question was answered, or null. @param {Line} question */
  chosen(question) {
    const next = this.lines.find((line) => line.author === "customer" && line.id > question.id && !this.hides(line));
    if (!next) return null;
    return question.buttons.find((button) => button.payload === next.text || tick(button).title === next.text)?.title ?? null;
  }

  /** Lines that are no words of the customer's: the page's own greeting, ticks. @param {Line} line */
  hides(line) {
    if (line.author !== "customer") return false;
    if (/^(\/start(\s|$)|consents:toggle:)/.test(line.text)) return true;
    return this.lines.some((asked) => asked.id < line.id && asked.buttons.some((button) => toggles(button) && button.title === line.text));
  }

  /** @param {Line} after */
  #spoken(after) {
    return this.lines.some((line) => line.author !== "customer" && line.id > after.id);
  }

  /** @param {(line: Line) => boolean} fits */
  #last(fits) {
    return [...this.lines].reverse().find(fits) ?? null;
  }
}
