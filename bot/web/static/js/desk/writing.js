/** Tells the desk now and then that an answer is being written: its conversation isn't taken away in mid-sentence. */
import { talkId } from "./page.js";

const EVERY_MS = 20_000;
let told = -EVERY_MS;

export function tellWriting() {
  document.addEventListener("input", (event) => {
    const box = event.target;
    if (!(box instanceof HTMLTextAreaElement) || box.id !== "say" || !box.form || performance.now() - told < EVERY_MS) return;
    told = performance.now();
    const csrf = String(new FormData(box.form).get("csrf") ?? "");
    // What is lost here costs a minute of grace at most.
    fetch(`/desk/c/${talkId()}/typing`, { method: "POST", headers: { "okienko-csrf": csrf } }).catch(() => {});
  });
}
