/** The bank: each payment as a receipt that can be paid, refused or left lying; below them the ways to pay that are kept. */
import { byId, h } from "../dom.js";
import { ask, blink, count, money, t, when } from "./common.js";

const STATES = new Set(["pending", "paid", "failed", "expired", "cancelled", "refunded", "abandoned"]);
const METHODS = new Set(["card", "blik", "paypal", "przelewy24", "transfer", "postal_slip"]);
/** Whose the page was where one paid. @type {Record<string, string>} */
const PROVIDERS = { przelewy24: "Przelewy24", stripe: "Stripe", paypal: "PayPal" };
const OUTCOMES = /** @type {const} */ ([["paid", "pay"], ["failed", "fail"], ["abandoned", "abandon"]]);
/** @type {Map<string, string>} */ const seen = new Map();
const CODE = "777123"; // a BLIK code that pays
let first = true;

/** @param {any[]} payments oldest first @param {(works: boolean) => void} told */
export function drawPayments(payments, told) {
  count("bank", payments.length);
  const news = payments.filter((payment) => seen.get(payment.id) !== payment.status);
  const gone = [...seen.keys()].some((id) => !payments.some((payment) => payment.id === id));
  if (!news.length && !gone && !first) return;
  seen.clear();
  for (const payment of payments) seen.set(payment.id, payment.status);
  const held = document.activeElement?.getAttribute("data-key");
  const receipts = payments.map((payment) => receipt(payment, told)).reverse();
  byId("bank").replaceChildren(...(receipts.length ? receipts : [h("p", { class: "empty" }, t("bank_empty"))]));
  if (held) /** @type {HTMLElement|null} */ (byId("bank").querySelector(`[data-key="${CSS.escape(held)}"]`))?.focus();
  if (news.length && !first) blink("bank", t("new_payment"));
  first = false;
}

function receipt(payment, told) {
  const amount = money(payment.amount, payment.currency);
  const state = STATES.has(payment.status) ? t(`status_${payment.status}`) : payment.status;
  const method = METHODS.has(payment.method) ? t(`method_${payment.method}`) : payment.method;
  const provider = PROVIDERS[payment.provider] ?? "";
  const open = payment.status === "pending" || payment.status === "failed" || payment.status === "abandoned";
  return h(
    "article",
    { class: "item receipt" },
    h("div", { class: "row" }, h("span", { class: "amount" }, amount), h("span", { class: `state ${STATES.has(payment.status) ? payment.status : ""}` }, state)),
    h("p", { class: "meta" }, h("span", {}, provider && provider !== method ? `${method} · ${provider}` : method), h("time", { datetime: payment.at }, when(payment.at))),
    payment.method === "blik" && payment.status === "pending" ? h("p", { class: "meta" }, h("span", {}, t("bank_code")), h("code", {}, CODE)) : null,
    open ? h("div", { class: "keys" }, ...OUTCOMES.map(([outcome, word]) => key(payment, amount, outcome, word, told))) : null,
  );
}

function key(payment, amount, outcome, word, told) {
  const button = /** @type {HTMLButtonElement} */ (
    h("button", { type: "button", class: outcome === "paid" && "likely", "data-key": `${payment.id}:${outcome}`, "aria-label": t(`${word}_label`, { amount }) }, t(word))
  );
  button.addEventListener("click", async () => {
    button.disabled = true;
    await ask(`payments/${encodeURIComponent(payment.id)}`, { outcome, notify: "once" }).then(
      () => told(true),
      () => told(false),
    );
    button.disabled = false;
  });
  return button;
}

let shown = "";

/** Ways to pay that are kept, and what the next charge of each comes to. @param {any[]} methods @param {(works: boolean) => void} told */
export function drawKept(methods, told) {
  const kept = methods.filter((method) => method.kept).reverse();
  const now = JSON.stringify(kept);
  const box = byId("kept");
  if (now === shown || box.contains(document.activeElement)) return;
  shown = now;
  box.hidden = !kept.length;
  box.replaceChildren(h("p", { class: "tip" }, t("kept")), ...kept.map((method) => row(method, told)));
}

function row(method, told) {
  const choices = [
    ["works", t("next_works")],
    ["declined", t("next_declined")],
    ["needs_payer", t("next_needs_payer")],
    ["gone", t("next_gone")],
  ];
  const select = /** @type {HTMLSelectElement} */ (
    h("select", { "aria-label": t("next_label", { method: method.label }) }, ...choices.map(([value, word]) => h("option", { value }, word)))
  );
  select.value = method.next;
  select.addEventListener("change", async () => {
    await ask(`methods/${encodeURIComponent(method.id)}`, { next: select.value }).then(
      () => told(true),
      () => told(false),
    );
    select.blur();
  });
  return h("div", { class: "row" }, h("span", {}, method.label), select);
}
