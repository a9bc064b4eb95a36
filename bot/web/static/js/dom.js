/** The only way pages of ours make elements: text is always text, never markup. */

/**
 * @param {string} tag
 * @param {Record<string, unknown>} [attributes] `onclick` and the like are listeners; false and null are left out
 * @param {...(Node|string|null|undefined)} children
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if ((value ?? false) !== false) element.setAttribute(name, value === true ? "" : `${value}`);
  }
  element.append(...children.filter((child) => (child ?? false) !== false));
  return element;
}

/** @param {string} id */
export const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** The address if it is one that a link may lead to, else null. @param {string} text */
export function safeUrl(text) {
  try {
    const url = new URL(text, location.href);
    return url.protocol === "https:" || url.protocol === "http:" ? url : null;
  } catch {
    return null;
  }
}

const ADDRESS = "\\(?[\\w.+-]+@[\\w-]+(?:\\.[\\w-]+)+[.,;:!?)”»]*"; // with what may not begin the next line
const PHONE = "\\+\\d{2}(?:[ \\u00a0]\\d{2,4}){2,5}";
const SUM = "(?<!\\d)\\d{1,3}(?:[ \\u00a0.,]\\d{3})*(?:[.,]\\d{2})?[ \\u00a0](?:zł|€|PLN|EUR)";
const HYPHENED = "(?<![\\p{L}\\p{N}-])\\p{L}{1,4}-\\p{L}{1,10}(?![\\p{L}-])"; // e-mail, SMS-y
const COMPANY = "sp\\. z o\\. ?o\\.|sp\\. [kjp]\\.";
const CODE = "(?<![\\p{L}\\p{N}-])(?:[A-Z]\\w{0,4}-)?\\d{2,5}(?:-\\d{2,5})+(?!\\d)"; // 123-456-32-18, 2026-09
const WHOLE = new RegExp([ADDRESS, PHONE, SUM, HYPHENED, COMPANY, CODE].join("|"), "giu");
const LONGEST = 28; // what is longer may break anywhere

/**
 * A text in which what is read as one stays on one line: numbers, sums, words with a hyphen. An e-mail address that is
 * wider than the line breaks after its @, then before its dots.
 * @param {string} text @returns {(string|Node)[]}
 */
export function kept(text) {
  const parts = [];
  let end = 0;
  for (const found of text.matchAll(WHOLE)) {
    parts.push(text.slice(end, found.index), found[0].includes("@") ? address(found[0]) : whole(found[0]));
    end = found.index + found[0].length;
  }
  return [...parts, text.slice(end)];
}

/** @param {string} piece */
const whole = (piece) => (piece.length > LONGEST ? piece : h("span", { class: "kept" }, piece));

/** @param {string} text */
function address(text) {
  const sides = text.split(/(?<=@)/).map((side) => h("span", { class: "side" }, ...side.split(/(?=\.\w)/).flatMap((piece) => [h("wbr"), whole(piece)])));
  return h("span", { class: "side" }, ...sides);
}

const WEB_ADDRESS = /https?:\/\/[^\s<>"„”«»]+[^\s<>"„”«».,;:!?)\]]/g;

/** Text with its web addresses as links; everything else stays as it is. @param {string} text */
export function withLinks(text) {
  const parts = [];
  let end = 0;
  for (const found of text.matchAll(WEB_ADDRESS)) {
    const url = safeUrl(found[0]);
    if (!url) continue;
    parts.push(...kept(text.slice(end, found.index)), h("a", { href: url.href, target: "_blank", rel: "noopener noreferrer" }, found[0]));
    end = found.index + found[0].length;
  }
  return [...parts, ...kept(text.slice(end))];
}

/** `{name}` in a text replaced in one pass. @param {string} text @param {Record<string, unknown>} [values] */
export const fill = (text, values = {}) => text.replace(/\{([a-z_]+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));

/** The JSON that the server put into the page under this id. @param {string} id */
export const embedded = (id) => JSON.parse(byId(id).textContent ?? "null");
