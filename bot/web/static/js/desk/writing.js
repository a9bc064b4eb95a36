/** Tells the desk that an answer is being written: the customer sees it, and the talk isn't taken away in mid-sentence. */
import { talkId } from "./page.js";

const EVERY_MS = 3000; // the chat shows it for five seconds
let told = -EVERY_MS;

export function tellWriting() {
  document.addEventListener("input", (event) => {
    const box = event.target;
    if (!(box instanceof HTMLTextAreaElement) || box.id !== "say" || !box.form || !box.value || performance.now() - told < EVERY_MS) return;
    told = performance.now();
    const csrf = String(new FormData(box.form).get("csrf") ?? "");
    // What is lost here costs a minute of grace at most.
    fetch(`/desk/c/${talkId()}/typing`, { method: "POST", headers: { "okienko-csrf": csrf } }).catch(() => {});
  });
}
