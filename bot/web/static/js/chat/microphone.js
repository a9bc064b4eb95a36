/** The button that records or takes dictation, where the browser can; what it opens is loaded at its first press. */
import { byId, h } from "../dom.js";
import { announce } from "./announcer.js";
import { t } from "./words.js";

const DICTATES = "okienko.dictates";

/** @typedef {{send: (sound: Blob, seen: number) => void, seen: () => number, tell: (words: string) => void, recording: (on: boolean) => void}} Acts `tell`: a notice */

/** Whether this browser writes down what is said, and its customer hasn't said no to that. @param {HTMLButtonElement} button */
function dictates(button) {
  try {
    if (localStorage.getItem(DICTATES) === "no") return false;
  } catch {
    // nothing is kept: asked each time
  }
  return Boolean(button.dataset.dictation && (globalThis.SpeechRecognition ?? globalThis.webkitSpeechRecognition));
}

/** @param {HTMLButtonElement} button */
const records = (button) => Boolean(button.dataset.module && globalThis.MediaRecorder && navigator.mediaDevices);

/** @param {Acts} acts */
export function offerMicrophone(acts) {
  const button = document.getElementById("speak");
  if (!(button instanceof HTMLButtonElement) || !(dictates(button) || records(button))) return;
  if (document.featurePolicy?.allowsFeature("microphone") === false) return; // the page around this frame doesn't let it
  const look = () => {
    button.hidden = !(dictates(button) || records(button));
    byId("speak-word").dataset.word = dictates(button) ? "dictate" : "speak";
  };
  look();
  let opening = false;
  button.addEventListener("click", async () => {
    if (opening) return;
    opening = true; // the browser may be asking whether it may
    acts.tell("");
    acts.recording(true);
    try {
      const page = { ...acts, h, t, announce, button };
      if (dictates(button)) await (await import(String(button.dataset.dictation))).dictate({ ...page, kept: DICTATES });
      else await (await import(String(button.dataset.module))).record({ ...page, longest: Number(button.dataset.seconds) });
    } catch {
      acts.tell(t("recorder_failed"));
    }
    opening = false;
    acts.recording(false);
    look();
  });
}
