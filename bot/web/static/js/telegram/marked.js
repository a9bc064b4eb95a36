/** A message's words with its entities (bold, code, links …); web addresses become links by themselves. */
import { h, safeUrl, withLinks } from "../dom.js";
import { t } from "./words.js";

const TAGS = { bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "code" };

/** @param {{text: string, entities?: any[]}} message */
export function marked({ text, entities = [] }) {
  const ends = new Set([0, text.length]);
  for (const { offset, length } of entities) ends.add(offset).add(offset + length);
  const cuts = [...ends].filter((at) => at <= text.length).sort((a, b) => a - b);
  return cuts.slice(1).flatMap((end, index) => piece(text.slice(cuts[index], end), entities.filter((one) => one.offset <= cuts[index] && end <= one.offset + one.length)));
}

/** @param {string} text @param {any[]} entities those that cover all of it */
function piece(text, entities) {
  const link = entities.find((one) => one.type === "text_link");
  const url = link && safeUrl(link.url);
  const inner = url ? [h("a", { href: url.href, target: "_blank", rel: "noopener noreferrer" }, text)] : withLinks(text);
  return entities.reduce((nodes, { type }) => (type.endsWith("blockquote") ? [quote(nodes, type !== "blockquote")] : TAGS[type] ? [h(TAGS[type], {}, ...nodes)] : nodes), inner);
}

/** A quotation; one that opens shows its beginning until all of it is wanted. @param {(Node|string)[]} nodes @param {boolean} opens */
function quote(nodes, opens) {
  const words = h("span", { class: opens ? "quote folded" : "quote" }, ...nodes);
  if (!opens) return words;
  const whole = h("button", { type: "button", class: "whole" }, t("whole"));
  whole.addEventListener("click", () => {
    words.classList.remove("folded");
    whole.remove();
  });
  return h("span", {}, words, whole);
}
