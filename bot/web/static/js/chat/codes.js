/** One-time codes: six boxes for each one awaited, sent with the last digit. The phone may enter its text message's own. */
import { byId, h } from "../dom.js";
import { way } from "./slip.js";
import { t } from "./words.js";

const DIGITS = 6;
const ONLY_DIGITS = /^[\d\s-]+$/;
const CODE = /(?<!\d)\d{3}[\s-]?\d{3}(?!\d)/;

/** @typedef {{by: string, again: string, again_in: number, proven: boolean, terms: string}} Code `by`: sms, letter or blik, which pays */

/** Terms that were accepted on this page: they needn't be with every try. @type {Set<string>} */
const accepted = new Set();

/** One field, drawn as six boxes. */
class Row {
  /** The last line that was there when this code was sent; null while none is being checked. @type {number|null} */ #sent = null;
  /** The terms that are drawn. */ #told = "";
  #boxes = h("span", { class: "boxes" }, ...Array.from({ length: DIGITS }, () => h("i")));

  /** @param {string} by @param {(row: Row, digits: string) => void} full @param {(words: string) => void} words what is no code */
  constructor(by, full, words) {
    this.by = by;
    this.full = full;
    this.words = words;
    const id = `code-${by}`;
    this.field = /** @type {HTMLInputElement} */ (h("input", { id, name: by, type: "text", inputmode: "numeric", maxlength: DIGITS, autocomplete: by === "sms" ? "one-time-code" : "off", enterkeyhint: "send", translate: "no" }));
    this.mark = h("output", { class: "mark", for: id });
    this.label = h("label", { for: id });
    this.#boxes.append(this.field);
    this.line = h("div", { class: "code" }, this.label, this.#boxes, this.mark);
    /** What stands below, of a code that pays: the provider's terms to be ticked, if it has any, its page. @type {Element[]} */ this.below = [];
    /** @type {HTMLInputElement|null} */ this.terms = null;
    this.field.addEventListener("input", (event) => this.#typed(/** @type {InputEvent} */ (event)));
    this.field.addEventListener("paste", (event) => this.#pasted(event));
  }

  get open() {
    return !this.field.disabled;
  }

  /** In the language of the talk. @param {Code} code @param {import("./transcript.js").Link|undefined} page where one pays instead */
  draw({ proven, terms }, page) {
    this.label.replaceChildren(h("span", { "aria-hidden": "true" }, t(`code_${this.by}`)), h("span", { class: "sr" }, t(`code_${this.by}_long`)));
    if (proven && this.open) this.#tell("right");
    this.field.disabled = proven;
    if (terms && page) this.#drawBelow(t(`terms_${terms}`), page);
  }

  /** The words, of a provider with terms, link the documents, each written [words|address]. @param {string} words @param {import("./transcript.js").Link} page */
  #drawBelow(words, page) {
    if (this.#told === words + page.title) return;
    this.#told = words + page.title;
    this.below = /** @type {Element[]} */ ([way(page, true)].filter(Boolean));
    if (!words) return;
    const parts = words.split(/\[(.+?)\|(.+?)\]/);
    const linked = parts.map((part, n) => (n % 3 === 1 ? h("a", { href: parts[n + 1], target: "_blank", rel: "noopener noreferrer" }, part) : n % 3 ? "" : part));
    this.terms = /** @type {HTMLInputElement} */ (h("input", { type: "checkbox", onchange: () => this.#ticked() }));
    this.terms.checked = accepted.has(this.#told);
    this.below.unshift(h("label", { class: "terms" }, this.terms, h("span", {}, ...linked)));
  }

  #ticked() {
    accepted[this.terms?.checked ? "add" : "delete"](this.#told);
    this.#complete();
  }

  /** Sends what is complete; without the tick it says where one is missing. */
  #complete() {
    const lacks = this.terms?.checked === false;
    this.terms?.setAttribute("aria-invalid", String(lacks && this.field.value.length === DIGITS));
    if (this.field.value.length !== DIGITS || this.field.readOnly) return;
    if (!lacks) this.full(this, this.field.value);
    else this.terms?.focus({ preventScroll: true });
  }

  /** It didn't get through. */
  unsent() {
    this.#sent = null;
    this.field.readOnly = false;
  }

  /** @param {number} seq the last line that was there before */
  sent(seq) {
    this.#sent = seq;
    this.field.readOnly = true;
    this.#tell("");
  }

  /** The desk has answered, if it has said anything since. @param {boolean} proven @param {number} seq */
  settle(proven, seq) {
    if (this.#sent === null || seq <= this.#sent) return;
    this.#sent = null;
    this.field.readOnly = false;
    if (proven) return;
    this.#tell("wrong");
    this.field.select();
  }

  /** @param {""|"right"|"wrong"} outcome */
  #tell(outcome) {
    this.line.dataset.outcome = outcome;
    this.field.setAttribute("aria-invalid", String(outcome === "wrong"));
    this.mark.replaceChildren(...(outcome ? [h("span", { "aria-hidden": "true" }, outcome === "right" ? "✓" : "✗"), h("span", { class: "sr" }, t(`code_${outcome}`))] : []));
  }

  /** Digits alone stay; whoever writes a sentence goes on in the line below. @param {InputEvent} event */
  #typed(event) {
    const { value } = this.field;
    this.#tell("");
    if (/\p{L}|\?/u.test(value)) {
      this.field.value = "";
      this.words(value);
      return;
    }
    this.field.value = value.replace(/\D/g, "");
    if (!event.inputType?.startsWith("delete")) this.#complete();
  }

  /** @param {ClipboardEvent} event */
  #pasted(event) {
    const found = CODE.exec(event.clipboardData?.getData("text") ?? "");
    if (!found || this.field.readOnly) return;
    event.preventDefault();
    this.enter(found[0]);
  }

  /** @param {string} digits */
  enter(digits) {
    this.field.value = digits;
    this.field.dispatchEvent(new InputEvent("input"));
  }
}

export class Codes {
  #form = h("form", { class: "codes", hidden: true, onsubmit: (/** @type {Event} */ event) => event.preventDefault() });
  /** @type {Map<string, Row>} */ #rows = new Map();
  /** @type {AbortController|null} the question to the phone */ #asked = null;
  #awaited = 0;
  #docked = false; // they stand over another question
  #seq = 0;
  #paid = false; // a code that pays was sent from here

  /** @param {HTMLInputElement} input the line for anything else @param {(text: string) => void} send @param {(code: string) => Promise<unknown>} pay */
  constructor(input, send, pay) {
    this.input = input;
    this.send = send;
    this.pay = pay;
    byId("composer").before(this.#form);
    input.addEventListener("input", (event) => this.#typedBelow(/** @type {InputEvent} */ (event)));
  }

  /** The field that is typed into next: the first box that is still to be filled, where codes are awaited. */
  get field() {
    return (this.#docked ? null : this.#next) ?? this.input;
  }

  get #next() {
    return [...this.#rows.values()].find((row) => row.open)?.field;
  }

  /** @param {Code[]} codes those that may be typed @param {number} seq the desk's last line @param {boolean} docked @param {import("./transcript.js").Link} [page] where one pays instead */
  expect(codes, seq, docked, page) {
    this.#seq = seq;
    this.#docked = docked;
    this.#awaited = docked ? 0 : codes.filter((code) => !code.proven && code.by !== "blik").length;
    // Whoever has just typed the number goes on in the boxes; whoever wants the line below later on keeps it.
    const again = this.#paid && this.#form.hidden && codes.length > 0;
    this.#paid &&= !again;
    const held = again || this.#form.contains(document.activeElement) || (!docked && this.#form.hidden && document.activeElement === this.input && !this.input.value);
    for (const by of this.#rows.keys()) if (!codes.some((code) => code.by === by)) this.#rows.delete(by);
    for (const code of codes) {
      const { by, proven } = code;
      const row = this.#rows.get(by) ?? new Row(by, (full, digits) => this.#full(full, digits), (words) => this.#write(words));
      row.settle(proven, seq);
      row.draw(code, page);
      this.#rows.set(by, row);
    }
    const lines = [...this.#rows.values()].flatMap((row) => [row.line, ...row.below]);
    const drawn = [...this.#form.children];
    if (lines.length !== drawn.length || lines.some((line, n) => line !== drawn[n])) this.#form.replaceChildren(...lines);
    this.#form.hidden = !lines.length;
    if (held && !(this.#form.contains(document.activeElement) && document.activeElement?.matches(":enabled"))) (this.#next ?? this.input).focus({ preventScroll: true });
    this.#askPhone(codes.some((code) => code.by === "sms" && !code.proven));
  }

  /** Where two are awaited each says which one it is, as a person would. @param {Row} row @param {string} digits */
  #full(row, digits) {
    row.sent(this.#seq);
    if (row.by === "blik") return this.#pay(row, digits);
    this.send(this.#rows.size > 1 && !this.#docked ? `${t(`code_${row.by}`)}: ${digits}` : digits);
  }

  /** It pays, and is no message; the hand goes to the bank's app, and comes back to the boxes. @param {Row} row @param {string} digits */
  #pay(row, digits) {
    row.field.blur();
    this.#paid = true;
    void this.pay(digits).catch(() => row.unsent());
  }

  /** @param {string} words */
  #write(words) {
    this.input.value = words;
    this.input.focus({ preventScroll: true });
    this.input.dispatchEvent(new Event("input"));
  }

  /** All awaited codes in the line below, and nothing else, are sent with the last digit, too. @param {InputEvent} event */
  #typedBelow(event) {
    const { value, form } = this.input;
    const pays = this.#rows.get("blik");
    if (pays && ONLY_DIGITS.test(value) && CODE.test(value)) {
      this.input.value = "";
      pays.field.focus({ preventScroll: true });
      return pays.enter(value);
    }
    if (!this.#awaited || event.inputType?.startsWith("delete") || !ONLY_DIGITS.test(value)) return;
    if (value.replace(/\D/g, "").length === this.#awaited * DIGITS) form?.requestSubmit();
  }

  /** @param {boolean} texted */
  #askPhone(texted) {
    if (texted === (this.#asked !== null)) return;
    this.#asked?.abort();
    this.#asked = texted ? new AbortController() : null;
    if (this.#asked) void this.#ask(this.#asked.signal);
  }

  /** @param {AbortSignal} signal */
  async #ask(signal) {
    if (!("OTPCredential" in window)) return;
    const request = /** @type {CredentialRequestOptions} */ ({ otp: { transport: ["sms"] }, signal });
    const found = await navigator.credentials.get(request).catch(() => null); // refused, or over: it is typed
    if (found && !signal.aborted) this.#rows.get("sms")?.enter(/** @type {Credential & {code: string}} */ (found).code);
  }
}
