/** Below the chat: Start, the menu of commands, the field for words, the reply keyboard. */
import { byId, h } from "../dom.js";
import { t } from "./words.js";

const text = /** @type {HTMLTextAreaElement} */ (byId("text"));
let drawn = "";

/** @param {any} chat @param {string} payload of a link that leads here @param {(button: any) => void} pressed @param {(words: string) => void} say */
export function drawFoot({ started, blocked, keyboard, commands }, payload, pressed, say) {
  const now = JSON.stringify([started, blocked, keyboard, commands, payload]);
  if (now === drawn) return;
  drawn = now;
  const starting = !started || blocked || payload !== "";
  byId("start").hidden = !starting;
  byId("start").textContent = t(blocked ? "unblock" : "start");
  byId("composer").hidden = starting;
  byId("menu").hidden = !commands.length;
  byId("commands").replaceChildren(...commands.map((one) => h("li", {}, h("button", { type: "button", onclick: () => say(`/${one.command}`) }, h("b", {}, `/${one.command}`), " ", one.description))));
  byId("keyboard").hidden = starting || !keyboard;
  byId("keyboard").replaceChildren(...(keyboard?.keyboard ?? []).map((row) => h("div", { class: "row" }, ...row.map((button) => h("button", { type: "button", class: "key", onclick: () => pressed(button) }, button.text)))));
}

/** @param {(words: string) => void} say */
export function listen(say) {
  byId("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    if (text.value.trim()) say(text.value);
    text.value = "";
  });
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    /** @type {HTMLFormElement} */ (byId("composer")).requestSubmit();
  });
  opens("menu", "commands");
  opens("more", "acts");
}

/** A button that shows and hides what it controls; a press inside, elsewhere or Escape hides it. @param {string} button @param {string} box */
function opens(button, box) {
  const show = (open) => {
    byId(box).hidden = !open;
    byId(button).setAttribute("aria-expanded", String(open));
  };
  byId(button).addEventListener("click", (event) => {
    event.stopPropagation();
    show(byId(box).hidden);
  });
  document.addEventListener("click", () => show(false));
  document.addEventListener("keydown", (event) => event.key === "Escape" && show(false));
}
