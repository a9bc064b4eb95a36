/** The button that records: shown where the desk hears and the browser can; what it opens is loaded at its first press. */
import { h } from "../dom.js";
import { announce } from "./announcer.js";
import { t } from "./words.js";

/** @typedef {{send: (sound: Blob, seen: number) => void, seen: () => number, tell: (words: string) => void, recording: (on: boolean) => void}} Acts `tell`: a notice */

/** @param {Acts} acts */
export function offerMicrophone(acts) {
  const button = document.getElementById("speak");
  if (!(button instanceof HTMLButtonElement) || !globalThis.MediaRecorder || !navigator.mediaDevices) return;
  if (document.featurePolicy?.allowsFeature("microphone") === false) return; // the page around this frame doesn't let it
  button.hidden = false;
  let opening = false;
  button.addEventListener("click", async () => {
    if (opening) return;
    opening = true; // the browser may be asking whether it may
    acts.tell("");
    acts.recording(true);
    try {
      const { record } = await import(String(button.dataset.module));
      await record({ ...acts, h, t, announce, button, longest: Number(button.dataset.seconds) });
    } catch {
      acts.tell(t("recorder_failed"));
    }
    opening = false;
    acts.recording(false);
  });
}
