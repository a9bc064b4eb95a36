/** One-time codes: sent with their last digit, and entered by the phone where it hands its text message on. */
const DIGITS = 6;
const ONLY_DIGITS = /^[\d\s-]+$/;

export class Codes {
  #wanted = 0;
  /** @type {AbortController|null} the question to the phone */ #asked = null;

  /** @param {HTMLInputElement} input */
  constructor(input) {
    this.input = input;
    input.addEventListener("input", (event) => this.#typed(/** @type {InputEvent} */ (event)));
  }

  /** @param {number} wanted how many codes are awaited: none, one, or a text message's and a letter's */
  expect(wanted) {
    if (wanted === this.#wanted) return;
    this.#wanted = wanted;
    this.#asked?.abort();
    this.#asked = wanted ? new AbortController() : null;
    if (this.#asked) void this.#ask(this.#asked.signal);
  }

  /** The last digit sends; whoever takes digits away is still writing. @param {InputEvent} event */
  #typed(event) {
    const { value, form } = this.input;
    if (!this.#wanted || event.inputType?.startsWith("delete") || !ONLY_DIGITS.test(value)) return;
    if (value.replace(/\D/g, "").length === this.#wanted * DIGITS) form?.requestSubmit();
  }

  /** @param {AbortSignal} signal */
  async #ask(signal) {
    if (!("OTPCredential" in window)) return;
    const request = /** @type {CredentialRequestOptions} */ ({ otp: { transport: ["sms"] }, signal });
    const found = await navigator.credentials.get(request).catch(() => null); // refused, or over: it is typed
    if (!found || signal.aborted) return;
    this.input.value = `${/** @type {Credential & {code: string}} */ (found).code} ${this.input.value}`.trim();
    this.input.dispatchEvent(new Event("input"));
  }
}
