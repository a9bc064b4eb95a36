/** Enhances the one-time pages: rules that go once they are met, passwords that can be shown, no double post. */
import { h } from "./dom.js";

const form = /** @type {HTMLFormElement} */ (document.querySelector("form"));
const password = /** @type {HTMLInputElement} */ (document.getElementById("password"));
const repeat = /** @type {HTMLInputElement|null} */ (document.getElementById("password_repeat"));
const inputs = [password, repeat].filter((input) => input !== null);
const rules = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("#rules li")]);

/** Characters are counted as people do, by code points, as the desk counts them. */
const CHECKS = {
  min_length: (text, rule) => [...text].length >= Number(rule.n),
  max_length: (text, rule) => text !== "" && [...text].length <= Number(rule.n),
  upper: (text) => /\p{Lu}/u.test(text),
  lower: (text) => /\p{Ll}/u.test(text),
  digit: (text) => /\p{Nd}/u.test(text),
  special: (text) => /[^\p{L}\p{Nd}]/u.test(text),
  allowed: (text, rule) => text !== "" && [...text].every((sign) => /[A-Za-z0-9]/.test(sign) || rule.characters.includes(sign)),
  match: (text) => !repeat?.value || text === repeat.value,
};
const SIGNS = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"; // none is taken for another
const GROUP = 4; // signs between two hyphens

/** @param {HTMLLIElement} item @param {string} text */
const met = (item, text) => CHECKS[item.dataset.rule ?? ""]?.(text, item.dataset) ?? true;

/** What is still missing; what only the desk can tell is told if it refuses. */
function weed() {
  for (const item of rules) {
    const untold = item.dataset.rule === "max_length" && password.value === "";
    item.hidden = untold || met(item, password.value);
  }
}

/** A random password that meets the rules, in groups to be read out: 92 bits or more. */
function proposal() {
  const least = Number(rules.find((item) => item.dataset.rule === "min_length")?.dataset.n ?? 0);
  const groups = Math.max(4, Math.ceil((least + 1) / (GROUP + 1)));
  for (;;) {
    const drawn = Array.from(crypto.getRandomValues(new Uint32Array(groups * GROUP)), (number) => SIGNS[number % SIGNS.length]).join("");
    const text = drawn.replace(/.{4}(?=.)/g, "$&-");
    if (CHECKS.upper(text) && CHECKS.lower(text) && CHECKS.digit(text)) return text;
  }
}

/** Fills in what may be kept by the browser or written down: shown until it is sent. Offered where it meets the rules. */
function offerProposal() {
  const button = document.getElementById("propose");
  if (!button || rules.some((item) => item.dataset.rule !== "match" && !met(item, proposal()))) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    const text = proposal();
    for (const input of inputs) input.value = text;
    if (password.type === "password") /** @type {HTMLElement} */ (password.nextElementSibling).click();
    weed();
    /** @type {HTMLElement|null} */ (form.querySelector('button[type="submit"]'))?.focus();
  });
}

/** One button shows what was typed, and what repeats it. */
function revealer() {
  const { show, hide, showLong, hideLong } = form.dataset;
  const button = h("button", { type: "button", class: "reveal", "aria-label": showLong }, show ?? "");
  button.addEventListener("click", () => {
    const hidden = password.type === "password";
    for (const input of inputs) input.type = hidden ? "text" : "password";
    button.textContent = (hidden ? hide : show) ?? "";
    button.setAttribute("aria-label", (hidden ? hideLong : showLong) ?? "");
    password.focus();
  });
  password.closest(".field")?.classList.add("shown-by-script");
  password.after(button);
}

if (password) revealer();
for (const input of inputs) input.addEventListener("input", weed);
for (const input of form.querySelectorAll("input[enterkeyhint=next]")) {
  input.addEventListener("keydown", (event) => {
    const next = [...form.querySelectorAll("input:not(.sr)")].find((other) => other !== input && !other.value);
    if (event.key !== "Enter" || !next) return;
    event.preventDefault();
    next.focus();
  });
}
weed();
offerProposal();

form.addEventListener("submit", (event) => {
  const button = form.querySelector('button[type="submit"]');
  if (button?.getAttribute("aria-disabled")) event.preventDefault();
  button?.setAttribute("aria-disabled", "true");
  for (const input of inputs) input.type = "password"; // so that no browser keeps it as plain text
});
addEventListener("pageshow", () => form.querySelector('button[type="submit"]')?.removeAttribute("aria-disabled"));
