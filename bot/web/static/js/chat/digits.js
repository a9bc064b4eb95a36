/** Slips of the finger that a value shows by itself: a missing part, a check digit that doesn't fit. The desk has the last word. */

/** @param {string} digits @param {number[]} weights */
const weighed = (digits, weights) => weights.reduce((sum, weight, place) => sum + weight * Number(digits[place]), 0);

/** A NIP's tenth digit. @param {string} digits */
const nip = (digits) => weighed(digits, [6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 === Number(digits[9]);

/** A partita IVA's, by Luhn. @param {string} digits */
const partitaIva = (digits) => [...digits].reduce((sum, digit, place) => sum + (place % 2 ? (2 * Number(digit)) % 10 + Math.floor(Number(digit) / 5) : Number(digit)), 0) % 10 === 0;

/** A USt-IdNr.'s, by ISO 7064 MOD 11,10. @param {string} digits */
const ustId = (digits) => ([...digits.slice(0, 8)].reduce((product, digit) => (2 * ((Number(digit) + product) % 10 || 10)) % 11, 10) + Number(digits[8])) % 10 === 1;

/** @type {[RegExp, (digits: string) => boolean][]} */
const NUMBERS = [[/^(?:PL)?(\d{10})$/, nip], [/^(?:IT)?(\d{11})$/, partitaIva], [/^(?:DE)?(\d{9})$/, ustId]];

/** Numbers of other countries are the desk's to judge. @param {string} text */
function taxNumber(text) {
  const bare = text.toUpperCase().replace(/[^A-Z\d]/g, "");
  const rule = NUMBERS.find(([form]) => form.test(bare));
  return rule ? rule[1](/** @type {RegExpMatchArray} */ (bare.match(rule[0]))[1]) : /^(?!PL|IT|DE)[A-Z]{2}[A-Z\d]{2,13}$/.test(bare);
}

/** @type {Record<string, (text: string) => boolean>} */
const CHECKS = {
  email: (text) => /^[^\s@]+@[^\s@]+\.[^\s@.]{2,}$/.test(text),
  phone: (text) => /^[+\d\s()./-]+$/.test(text) && text.replace(/\D/g, "").length >= 8,
  tax_number: taxNumber,
  person_name: (text) => /\S\s+\S/.test(text),
};

/** Whether a value may be what is asked for. @param {string} kind @param {string} text */
export const plausible = (kind, text) => CHECKS[kind]?.(text.trim()) ?? true;
