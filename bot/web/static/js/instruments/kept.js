/** Below the bank's receipts: ways to pay that are kept, and what the next charge of each comes to. */
import { byId, h } from "../dom.js";
import { ask } from "./api.js";
import { t } from "./common.js";

let shown = "";

/** @param {any[]} methods @param {(works: boolean) => void} told */
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
