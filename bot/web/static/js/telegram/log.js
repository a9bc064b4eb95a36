/** The chat: bubbles that appear, change and go as the messages do. What hasn't changed keeps its place and its focus. */
import { byId, h, safeUrl } from "../dom.js";
import { marked } from "./marked.js";
import { clock, t } from "./words.js";

/** @type {Map<number, {shown: string, item: HTMLElement}>} */ const known = new Map();
const log = byId("log");

/** Another chat is shown from now on. */
export function forget() {
  known.clear();
  log.replaceChildren();
}

/** What was last stays in view while what is below the chat grows and shrinks. */
let last = true;
log.addEventListener("scroll", () => (last = log.scrollHeight - log.scrollTop - log.clientHeight < 80));
new ResizeObserver(() => last && log.scrollTo({ top: log.scrollHeight })).observe(log);

/** @param {any} chat @param {{press: (message: any, data: string) => void, edit: (message: any) => void, copy: (text: string) => void}} does */
export function draw({ messages, bot, started, blocked, description }, does) {
  const ids = new Set(messages.map((message) => message.message_id));
  for (const [id, { item }] of known) {
    if (ids.has(id)) continue;
    item.remove();
    known.delete(id);
  }
  let news = false;
  for (const message of messages) news = put(message, does) || news;
  empty(messages.length ? "" : t(started ? "empty" : "not_started", { bot: bot.first_name }), description);
  log.classList.toggle("blocked", blocked);
  if (news && last) log.scrollTo({ top: log.scrollHeight });
}

function put(message, does) {
  const shown = JSON.stringify(message);
  const before = known.get(message.message_id);
  if (before?.shown === shown) return false;
  const item = bubble(message, does);
  if (before) before.item.replaceWith(item);
  else log.append(item);
  known.set(message.message_id, { shown, item });
  return item === log.lastElementChild; // one that has grown stays in view, too
}

/** @param {string} words @param {string} description */
function empty(words, description) {
  log.querySelector(".empty")?.remove();
  if (!words) return;
  const does = description ? h("p", { class: "does" }, h("b", {}, t("does")), h("span", {}, description)) : null;
  log.append(h("div", { class: "empty" }, does, h("p", {}, words)));
}

function bubble(message, does) {
  const own = !message.from.is_bot;
  const edited = message.edit_date ? h("span", {}, t("edited")) : null;
  const pencil = own && message.text ? h("button", { type: "button", class: "pencil", "aria-label": t("edit_label", { text: message.text }), onclick: () => does.edit(message) }, "✎") : null;
  return h(
    "article",
    { class: own ? "message own" : "message", "aria-label": own ? t("you") : message.from.first_name, "data-id": message.message_id },
    h("div", { class: "bubble" }, h("p", { class: "words", dir: "auto" }, ...content(message)), h("p", { class: "meta" }, pencil, edited, h("time", { datetime: new Date(message.date * 1000).toISOString() }, clock(message.date)))),
    keys(message, does),
  );
}

function content(message) {
  if (message.text) return marked(message);
  if (message.contact) return ["☎ ", h("b", {}, message.contact.first_name), ` +${message.contact.phone_number}`];
  const kind = ["voice", "sticker", "location"].find((name) => message[name]) ?? "other";
  return [message.sticker?.emoji ?? t(kind)];
}

function keys(message, does) {
  const rows = message.reply_markup?.inline_keyboard ?? [];
  return rows.length ? h("div", { class: "inline" }, ...rows.map((row) => h("div", { class: "row" }, ...row.map((button) => key(message, button, does))))) : null;
}

function key(message, button, does) {
  const url = button.url && safeUrl(button.url);
  const style = button.style === "primary" ? " primary" : "";
  if (url) return h("a", { class: `key${style}`, href: url.href, target: "_blank", rel: "noopener noreferrer" }, button.text);
  const copied = button.copy_text?.text;
  const act = copied ? () => does.copy(copied) : () => does.press(message, button.callback_data);
  return h("button", { type: "button", class: copied ? "key copies" : `key${style}`, "data-data": button.callback_data, onclick: act }, button.text);
}
