/** One line of the conversation as a slip of paper. */
import { h, safeUrl, withLinks } from "../dom.js";
import { withWayBack } from "./embedder.js";
import { aside, tick, toggles } from "./transcript.js";
import { current, has, t } from "./words.js";

/** The name a command goes by among people. @param {string} text */
export function plainWords(text) {
  const command = /^\/([a-z]+)\b/.exec(text)?.[1];
  return command && has(`command_${command}`) ? t(`command_${command}`) : text;
}

/** @param {string} at */
const clock = (at) => new Intl.DateTimeFormat(current(), { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(new Date(at));

/** A line of the desk or of a colleague. @param {import("./transcript.js").Line} line */
export function deskSlip(line) {
  const agent = line.author === "agent";
  const who = agent ? h("p", { class: "who" }, ...(line.by ? [h("bdi", {}, line.by), t("agent_after_name")] : [t("agent")])) : h("span", { class: "sr" }, `${t("desk")}: `);
  return h("div", { class: `slip ${agent ? "agent" : "desk"}`, "data-id": line.id }, who, h("p", { dir: "auto" }, ...withLinks(line.text)));
}

/** A line of the customer's. @param {string} text */
export function ownSlip(text) {
  const foot = h("span", { class: "foot" });
  return h("div", { class: "slip customer" }, h("span", { class: "sr" }, `${t("you")}: `), h("p", { dir: "auto" }, plainWords(text)), foot);
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
 * Full-width ways to where one pays or sets a password; the host says where they lead. Those that are over stay
 * readable, but step back. A document is never over: its address stays.
 * @param {Element} slip @param {import("./transcript.js").Link[]} links @param {Set<string>} live
 */
export function drawLinks(slip, links, live) {
  slip.querySelector(".links")?.remove();
  const ways = links.flatMap((link) => {
    const url = safeUrl(link.href);
    if (!url) return [];
    const host = h("small", {}, t("opens", { host: url.host }));
    const closesItself = url.origin === location.origin && url.pathname.startsWith("/s/"); // a page of ours, not a bank's
    const rel = closesItself ? "opener" : "noopener noreferrer";
    const now = live.has(link.href) ? "way" : "way past";
    return [h("a", { class: link.rel === "document" ? "way document" : now, href: withWayBack(url).href, target: "_blank", rel }, link.title, host)];
  });
  if (ways.length) slip.append(h("div", { class: "links" }, ...ways));
}

/** The answers a question had, once it is over. @param {Element} slip @param {import("./transcript.js").Line} line @param {string|null} chosen */
export function drawSpent(slip, line, chosen) {
  slip.querySelector(".spent")?.remove();
  const answers = line.buttons.filter((button) => !aside(button));
  if (!answers.length) return;
  const chips = answers.map((button) => {
    const picked = button.title === chosen || (toggles(button) && tick(button).on);
    return h("li", { class: picked && "chosen" }, tick(button).title, picked ? h("span", { class: "sr" }, ` (${t("chosen")})`) : null);
  });
  const list = h("ul", { class: "spent", "aria-label": t("spent") }, ...chips);
  const links = slip.querySelector(".links");
  if (links) links.before(list);
  else slip.append(list);
}
