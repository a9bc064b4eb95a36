/** Telegram as its stand-in plays it: choose who you are, and chat with the desk's bot. */
import { byId, h } from "../dom.js";
import { ask, chatOf } from "./api.js";
import { asking } from "./asking.js";
import { drawFoot, listen } from "./foot.js";
import { draw, forget } from "./log.js";
import { t } from "./words.js";

const PAUSE_MS = 600;
const TOAST_MS = 4000;
const PERSON = "okienko.telegram_person";
const LANGUAGES = /** @type {[string, string][]} */ (["pl", "it", "en", "de"].map((code) => [code, new Intl.DisplayNames([code], { type: "language" }).of(code) ?? code]));
const { bot: wanted = "", start = "" } = byId("telegram").dataset;

let bot = wanted;
let payload = start;
let person = Number(location.hash.slice(1)) || lastPerson();
let met = false;
/** @type {any} */ let chat = null;
/** @type {Set<string>} presses that the bot hasn't answered yet */ const waiting = new Set();

/** @param {string} words */
const trouble = (words) => {
  if (byId("trouble").textContent !== words) byId("trouble").textContent = words;
};

async function look() {
  try {
    if (!met || !bot) await meet();
    if (person && bot) shown(await ask(chatOf(bot, person)));
    else trouble(t("no_bot"));
  } catch {
    trouble(t("unreachable"));
  }
}

async function meet() {
  const { people, bots } = await ask("people");
  const names = bots.map((one) => one.username);
  if (!names.includes(bot)) bot = names.find((name) => !wanted || name === wanted) ?? "";
  if (!people.some((one) => one.id === person)) person = people[0].id;
  byId("bots-label").hidden = Boolean(wanted) || bots.length < 2;
  byId("bots").replaceChildren(...bots.map((one) => h("option", { selected: one.username === bot }, one.username)));
  byId("people").replaceChildren(...people.map(card));
  met = true;
}

const card = (one) =>
  h("li", {}, h("button", { type: "button", "aria-pressed": one.id === person ? "true" : "false", onclick: () => become(one.id) }, h("b", {}, one.first_name), h("span", {}, `${one.language_code} · ${one.phone}`)));

/** Who was chosen here last: a link back to the bot doesn't say whose chat it is. */
function lastPerson() {
  try {
    return Number(localStorage.getItem(PERSON)) || 0;
  } catch {
    return 0;
  }
}

/** @param {number} id */
async function become(id) {
  person = id;
  try {
    localStorage.setItem(PERSON, String(id));
  } catch {
    // Then the first one is shown by the next link.
  }
  history.replaceState(null, "", `#${id}`);
  chat = null;
  forget();
  await meet().catch(() => trouble(t("unreachable")));
  await look();
}

function shown(now) {
  if (now.person.id !== person) return; // another one was chosen meanwhile
  chat = now;
  byId("bot-name").textContent = now.bot.first_name;
  byId("bot-user").textContent = now.typing ? t("typing") : `@${now.bot.username} · ${t("test")}`;
  byId("block").textContent = t(now.blocked ? "unblock" : "block");
  draw(now, { press, edit, copy });
  drawFoot(now, payload, below, (words) => act({ do: "say", text: words }));
  answered(now.presses);
  trouble("");
}

/** Toasts and alerts for presses that were made here. @param {any[]} presses */
function answered(presses) {
  for (const press of presses) {
    if (!press.answered || !waiting.delete(press.id) || !press.text) continue;
    if (press.alert) asking(press.text);
    else toast(press.text);
  }
  byId("log").setAttribute("aria-busy", String(waiting.size > 0));
}

function toast(words) {
  byId("toast").textContent = words;
  setTimeout(() => {
    if (byId("toast").textContent === words) byId("toast").textContent = "";
  }, TOAST_MS);
}

async function act(wish) {
  try {
    const done = await ask(chatOf(bot, person), wish);
    if (done.press) waiting.add(done.press);
  } catch {
    toast(t("failed"));
  }
  await look();
}

const press = (message, data) => act({ do: "press", message_id: message.message_id, data });

/** The clipboard exists on secure origins only; the words are shown in any case. @param {string} text */
async function copy(text) {
  await navigator.clipboard?.writeText(text).catch(() => {});
  toast(t("copied", { text }));
}

async function edit(message) {
  const asked = await asking(t("edit"), [{ name: "text", label: t("message"), value: message.text }]);
  if (asked) await act({ do: "edit", message_id: message.message_id, text: asked.text });
}

async function below(button) {
  if (!button.request_contact) await act({ do: "say", text: button.text });
  else if (await asking(t("share", { phone: chat.person.phone, bot: chat.bot.first_name }))) await act({ do: "share" });
}

async function send(kind) {
  const asked = kind === "voice" ? await asking(t("voice"), [{ name: "words", label: t("message") }]) : {};
  if (asked) await act({ do: "send", kind, ...asked });
}

async function otherCard() {
  const asked = await asking(t("other_card"), [
    { name: "first_name", label: t("first_name") },
    { name: "phone", label: t("phone"), type: "tel", value: "+48" },
  ]);
  if (asked) await act({ do: "share", ...asked });
}

async function add() {
  const asked = await asking(t("add"), [
    { name: "first_name", label: t("first_name") },
    { name: "language_code", label: t("language"), choices: LANGUAGES },
    { name: "phone", label: t("phone"), type: "tel", value: "+48" },
  ]);
  if (!asked) return;
  try {
    await become((await ask("people", asked)).id);
  } catch {
    toast(t("failed"));
  }
}

listen((words) => act({ do: "say", text: words }));
byId("start").addEventListener("click", async () => {
  const brought = payload;
  payload = "";
  history.replaceState(null, "", location.pathname + location.hash);
  await act({ do: "start", payload: brought });
  byId("text").focus();
});
byId("block").addEventListener("click", () => act({ do: chat?.blocked ? "unblock" : "block" }));
byId("other-card").addEventListener("click", otherCard);
byId("add").addEventListener("click", add);
byId("bots").addEventListener("change", (event) => {
  bot = /** @type {HTMLSelectElement} */ (event.target).value;
  become(person);
});
for (const button of document.querySelectorAll("[data-send]")) button.addEventListener("click", () => send(button.getAttribute("data-send")));

for (;;) {
  if (!document.hidden) await look();
  await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
}
