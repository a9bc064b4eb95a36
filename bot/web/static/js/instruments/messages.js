/** The phone and the mailbox: what the desk has sent, the newest on top. */
import { byId, h, safeUrl, withLinks } from "../dom.js";
import { CODE, blink, copier, count, t, when } from "./common.js";

const known = new Set();
let first = true;

/** @param {any[]} messages oldest first */
export function drawMessages(messages) {
  const ids = new Set(messages.map((message) => message.id));
  for (const id of known) if (!ids.has(id)) forget(); // the sandbox was reset
  for (const message of messages) {
    if (known.has(message.id)) continue;
    known.add(message.id);
    const sms = message.kind === "sms";
    put(sms ? "phone" : "mailbox", sms ? text(message) : mail(message));
    if (!first) blink(sms ? "phone" : "mailbox", `${t(sms ? "new_sms" : "new_email")} ${t("to", { to: message.to })}`);
  }
  for (const [id, kind] of [["phone", "sms"], ["mailbox", "email"]]) count(id, messages.filter((message) => message.kind === kind).length);
  first = false;
}

function forget() {
  known.clear();
  for (const id of ["phone", "mailbox"]) byId(id).replaceChildren(h("p", { class: "empty" }, t(`${id}_empty`)));
}

/** @param {string} id @param {HTMLElement} item */
function put(id, item) {
  const box = byId(id);
  box.querySelector(".empty")?.remove();
  if (!first) item.classList.add("fresh");
  box.prepend(item);
  box.scrollTo({ top: 0 });
}

const meta = (message) => h("p", { class: "meta" }, h("span", {}, t("to", { to: message.to })), h("time", { datetime: new Date(message.at).toISOString() }, when(message.at)));

function text(message) {
  const code = CODE.exec(message.text);
  const words = code
    ? [...withLinks(message.text.slice(0, code.index)), h("b", {}, code[0]), ...withLinks(message.text.slice(code.index + code[0].length))]
    : withLinks(message.text);
  const keys = code && h("div", { class: "keys" }, copier(code[0], `${t("copy")} ${code[0]}`));
  return h("article", { class: "item" }, meta(message), h("p", { class: "words", dir: "auto" }, ...words), keys);
}

function mail(message) {
  const acting = safeUrl(message.links?.[0] ?? "");
  const page = (n, words) => h("a", { class: "act", href: `/sandbox/api/messages/${message.id}/pages/${n}`, target: "_blank", rel: "noopener" }, words);
  const way = message.links?.length && acting ? h("a", { class: "act", href: acting.href, target: "_blank", rel: "noopener noreferrer" }, t("open_link", { host: acting.host })) : null;
  const head = h("summary", {}, meta(message), h("strong", { dir: "auto" }, message.subject ?? ""));
  const body = h("p", { class: "words", dir: "auto" }, ...withLinks(message.text));
  const pages = h("div", { class: "keys" }, message.html && page(0, t("as_seen")), ...message.attachments.map((name, n) => page(n + 1, name)));
  return h("div", { class: "item" }, h("details", { class: "mail" }, head, body, pages), way && h("div", { class: "keys" }, way));
}
