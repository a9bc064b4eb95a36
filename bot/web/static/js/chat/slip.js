/** One line of the conversation as a slip of paper. */
import { h, kept, safeUrl, withLinks } from "../dom.js";
import { follow } from "../beside.js";
import { withWayBack } from "./embedder.js";
import { readHere } from "./sheet.js";
import { current, has, locales, t } from "./words.js";

/** The name a command goes by among people; a language says its own. @param {string} text */
export function plainWords(text) {
  const [, command, chosen] = /^\/([a-z]+)\b ?(\S*)/.exec(text) ?? [];
  if (command === "lang" && locales().includes(chosen)) return ownName(chosen);
  return command && has(`command_${command}`) ? t(`command_${command}`) : text;
}

/** A language by its own name, as "English". @param {string} code */
function ownName(code) {
  const name = new Intl.DisplayNames([code], { type: "language" }).of(code) ?? code;
  return name.charAt(0).toLocaleUpperCase(code) + name.slice(1);
}

/** @param {string} at */
const clock = (at) => new Intl.DateTimeFormat(current(), { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(new Date(at));

/** A line of the desk or of a colleague. @param {import("./transcript.js").Line} line */
export function deskSlip(line) {
  const agent = line.author === "agent";
  const who = agent ? h("p", { class: "who" }, ...(line.by ? [h("bdi", {}, line.by), t("agent_after_name")] : [t("agent")])) : h("span", { class: "sr" }, `${t("desk")}: `);
  const slip = h("div", { class: `slip ${agent ? "agent" : "desk"}`, "data-id": line.id }, who);
  drawWords(slip, line);
  return slip;
}

/** What the controls beside it say as well is only read out. @param {Element} slip @param {import("./transcript.js").Line} line */
export function drawWords(slip, line) {
  const { text, confirms } = line;
  const asked = text.length - (line.quiet ?? 0);
  const said = text.slice(confirms, asked).trim();
  const read = (/** @type {string} */ part) => part && h("span", { class: "sr" }, " ", part, " ");
  const words = text && h("p", { class: said ? "words" : "words sr", dir: "auto" }, read(text.slice(0, confirms)), ...withLinks(said), read(text.slice(asked)));
  slip.classList.toggle("sr", !(said || line.card || !text));
  const drawn = slip.querySelector(":scope > .words");
  if (drawn && words) drawn.replaceWith(words);
  else if (drawn) drawn.remove();
  else if (words) slip.insertBefore(words, slip.querySelector(":scope > .links, :scope > .spent"));
}

/** What was pressed, in words. @param {import("./transcript.js").Line} line @param {string} payload @param {string} title */
export function pressedWords(line, payload, title) {
  const button = line.buttons.some((known) => known.payload === payload);
  const changed = !button && line.card?.rows.find((row) => row.edit === payload);
  return changed ? t("change", { label: changed.label }) : title;
}

/** What the customer said, or of what kind it was. @param {import("./transcript.js").Line} line */
export const ownWords = (line) => (line.kind === "voice" ? t("voice_message") : line.text);

/** A line of the customer's. @param {string} text */
export function ownSlip(text) {
  const foot = h("span", { class: "foot" });
  return h("div", { class: "slip customer" }, h("span", { class: "sr" }, `${t("you")}: `), h("p", { dir: "auto" }, ...kept(plainWords(text))), foot);
}

/** @param {Element} slip @param {"sending"|"waiting"|"refused"|"sent"} state @param {string} [at] */
export function mark(slip, state, at) {
  const words = { sending: "sending", waiting: "waiting_to_send", refused: "refused", sent: "sent" };
  slip.classList.remove("waiting", "refused");
  if (state === "waiting" || state === "refused") slip.classList.add(state);
  const foot = /** @type {HTMLElement} */ (slip.querySelector(".foot"));
  const time = at && h("time", { datetime: new Date(at).toISOString() }, clock(at));
  if (state === "sent" && time) foot.replaceChildren(time, h("span", { "aria-hidden": "true" }, " ✓"), h("span", { class: "sr" }, ` ${t("sent")}`));
  else foot.replaceChildren(t(words[state]));
}

/**
 * Full-width ways to where one pays or sets a password; those that leave the host in the address bar say where to.
 * Those that are over stay readable, but step back. A document is never over, nor an invoice, nor the page for another payer: its
 * address stays, and a card's row may lead there.
 * @param {Element} slip @param {import("./transcript.js").Line} line @param {Set<string>} live
 * @param {string} [apart] the address of the one that stands over the input
 */
export function drawLinks(slip, line, live, apart) {
  const inRows = new Set((line.card?.rows ?? []).map((row) => row.document));
  const links = line.links.filter((link) => link.href !== apart && !(link.rel === "document" && inRows.has(link.id)));
  const held = links.map((link) => line.author === "agent" || /inv|pay_/.test(link.rel) || live.has(link.href));
  const sketch = JSON.stringify([links, held, current()]);
  const drawn = slip.querySelector(":scope > .links");
  if (drawn?.getAttribute("data-sketch") === sketch) return;
  drawn?.remove();
  const ways = links.flatMap((link, n) => way(link, held[n]) ?? []);
  if (!ways.length) return;
  slip.insertBefore(h("div", { class: "links", "data-sketch": sketch }, ...ways), slip.querySelector(":scope > .spent"));
}

/** @param {import("./transcript.js").Link} link @param {boolean} live */
export function way(link, live) {
  const url = safeUrl(link.href);
  if (!url) return null;
  if (link.rel === "document") return h("a", { class: "way document", href: url.href, target: "_blank", rel: "noopener noreferrer", onclick: (event) => readHere(event, link) }, link.title);
  const here = url.origin === location.origin;
  const host = here && top === window ? null : h("small", {}, t("opens", { host: url.host }));
  const rel = here && url.pathname.startsWith("/s/") ? "opener" : "noopener noreferrer"; // a payment's leads on to a bank's page
  return h("a", { class: live ? "way" : "way past", href: withWayBack(url).href, target: "_blank", rel, onclick: () => follow(url) }, link.title, host);
}

/**
 * The answer that a question had, once it was pressed, below a tear-off line; with the state of one on its way.
 * @param {Element} slip @param {string[]} answers @param {"waiting"|"refused"|""} state
 */
export function drawAnswer(slip, answers, state) {
  const sketch = JSON.stringify([answers, state, current()]);
  const drawn = slip.querySelector(":scope > .spent");
  if (drawn?.getAttribute("data-sketch") === sketch) return;
  drawn?.remove();
  if (!answers.length) return;
  const words = { waiting: "waiting_to_send", refused: "refused" };
  const foot = state && h("li", { class: "foot" }, t(words[state]));
  const chips = answers.map((answer) => h("li", {}, h("span", { "aria-hidden": "true" }, "✓ "), answer));
  slip.append(h("ul", { class: `spent ${state}`, "aria-label": t("spent"), "data-sketch": sketch }, ...chips, foot || null));
}
