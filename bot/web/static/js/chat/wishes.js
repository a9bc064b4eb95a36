/**
 * What was pressed in a card, or ticked, and isn't there yet: what the desk is answering, and what was pressed meanwhile.
 * That is sent press by press, each with the answer to the one before; until then it is shown as it was left.
 */
import { agreedTo, tick, toggles } from "./transcript.js";

/** @typedef {import("./transcript.js").Line} Line */
/**
 * @typedef {{row: string, title: string, on: boolean, words?: string, payload?: string}} Wish a row's choice by its title,
 *   or a box by its payload, made or taken back; `words` are those that stood there, `payload` that of a row to be changed
 */

export class Wishes {
  /** @type {Wish[]} */ #sent = [];
  /** @type {Wish[]} */ #waiting = [];

  get empty() {
    return this.#waiting.length === 0;
  }

  /** Whether a card shows by itself what is on its way: nothing else moves under the finger that goes on. */
  get inCard() {
    return [...this.#sent, ...this.#waiting].some((wish) => wish.payload === undefined);
  }

  /** The last word on a row counts; what leads away from the card goes last. @param {Wish} wish */
  add(wish) {
    const others = this.#waiting.filter((known) => known.row !== wish.row);
    const leads = (known) => known.payload !== undefined;
    this.#waiting = [...others, wish].sort((one, other) => Number(leads(one)) - Number(leads(other)));
  }

  /** The next press that this line still takes; none while the last one of the same row isn't answered. @param {Line} line */
  next(line) {
    for (let [wish] = this.#waiting; wish && !this.#sent.some((sent) => sent.row === wish.row); [wish] = this.#waiting) {
      this.#waiting.shift();
      const payload = press(line, wish);
      if (!payload) continue;
      this.#sent.push(wish);
      return { payload, title: wish.title };
    }
    return null;
  }

  /** What was sent is in the card, or won't be. */
  answered() {
    this.#sent = [];
  }

  clear() {
    this.#sent = [];
    this.#waiting = [];
  }

  /** Whether a choice is shown as made. @param {string} row @param {{title: string, chosen: boolean}} choice */
  chosen(row, choice) {
    const wish = [...this.#sent, ...this.#waiting].filter((known) => known.row === row).pop();
    if (!wish) return choice.chosen;
    return choice.title === wish.title ? wish.on : !wish.on && choice.chosen;
  }
}

/** The payload that makes the wish true; none where it is, can't be any more, or would bind to words that weren't read. @param {Line} line @param {Wish} wish */
function press(line, { row: name, title, on, words, payload }) {
  const box = line.buttons.find((known) => toggles(known) && known.payload === name);
  if (box) return tick(box).on === on || box.words !== words ? "" : name;
  const row = line.card?.rows.find((known) => known.name === name && (payload === undefined || known.edit === payload));
  if (payload !== undefined) return row && payload;
  const choice = row?.choices.find((known) => known.title === title);
  if (!row || !choice || choice.chosen === on || (choice.binds && agreedTo(line.card?.rows ?? [], row) !== words)) return "";
  const other = on ? null : row.choices.find((known) => known !== choice && choice.payload.endsWith(":yes")); // a switch says no by being off
  return other?.payload || choice.payload;
}
