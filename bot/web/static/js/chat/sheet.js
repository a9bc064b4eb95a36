/** A document in full over the talk: what stands behind its link is read here. Without it the link opens by itself. */
import { h, safeUrl } from "../dom.js";
import { t } from "./words.js";

/** @param {MouseEvent} event @param {{href: string, title: string}} link */
export function readHere(event, link) {
  const url = safeUrl(link.href);
  const asksForATab = event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0;
  if (!url || url.origin !== location.origin || asksForATab) return;
  event.preventDefault();
  void open(url, link.title);
}

/** @param {URL} url @param {string} title */
async function open(url, title) {
  const body = h("div", { class: "body", tabindex: "0", role: "region", "aria-labelledby": "sheet-title" }, h("p", { class: "quiet" }, t("sheet_loading")));
  const close = h("button", { class: "plain", type: "button", onclick: () => sheet.close() }, h("span", { "aria-hidden": "true", class: "cross" }), h("span", { class: "sr" }, t("sheet_close")));
  const apart = h("a", { href: url.href, target: "_blank", rel: "noopener noreferrer" }, t("sheet_apart"));
  const head = h("header", {}, h("h2", { id: "sheet-title" }, title), close);
  const sheet = /** @type {HTMLDialogElement} */ (h("dialog", { class: "sheet", "aria-labelledby": "sheet-title" }, head, body, h("footer", {}, apart)));
  sheet.addEventListener("close", () => sheet.remove());
  sheet.addEventListener("click", (event) => event.target === sheet && sheet.close()); // beside it
  document.body.append(sheet);
  sheet.showModal(); // gives the focus back by itself
  body.replaceChildren(...(await read(url)));
}

/** The document's own words; its heading is the sheet's. @param {URL} url @returns {Promise<Node[]>} */
async function read(url) {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout?.(15_000) });
    const main = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main");
    if (!answer.ok || !main) throw new Error(String(answer.status));
    return [...main.children].filter((part) => part.tagName !== "H1").map((part) => document.importNode(part, true));
  } catch {
    return [h("p", { class: "quiet", role: "alert" }, t("sheet_failed"))];
  }
}
