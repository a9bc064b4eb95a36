/**
 * What is said to the browser's own recogniser lands in the input, to be read before it is sent. Loaded at the button's
 * first press; it imports nothing: what it uses of the page comes with the call. Before the first time the page says where
 * the sound may go; the answer is kept by this browser.
 */

/**
 * @typedef {{h: typeof import("../dom.js").h, t: typeof import("./words.js").t, announce: (parts: string[]) => void,
 *   tell: (words: string) => void, button: HTMLButtonElement, kept: string}} Page `kept`: under which name the answer is
 */

/** @type {Record<string, string>} */
const WORDS = { "no-speech": "dictate_silence", "not-allowed": "microphone_refused", "service-not-allowed": "microphone_refused", "audio-capture": "microphone_missing", aborted: "" };

/** Listens until the customer has said something or stops it; false if they would rather not. @param {Page} page */
export async function dictate(page) {
  if (!(await agreed(page))) return false;
  await listen(page);
  return true;
}

/** @param {Page} page @returns {Promise<boolean>} */
async function agreed({ h, t, button, kept, announce }) {
  if (read(kept) === "yes") return true;
  return new Promise((resolve) => {
    /** @param {"yes"|"no"|""} answer */
    const answered = (answer) => {
      panel.remove();
      document.removeEventListener("keydown", left, true);
      if (answer) keep(kept, answer);
      resolve(answer === "yes");
    };
    /** @param {KeyboardEvent} event */
    const left = (event) => event.key === "Escape" && (event.stopImmediatePropagation(), answered(""));
    const yes = h("button", { type: "button", onclick: () => answered("yes") }, t("dictate_yes"));
    const no = h("button", { type: "button", class: "drop", onclick: () => answered("no") }, t("dictate_no"));
    const panel = h("div", { class: "recorder ask", id: "dictation", role: "group", "aria-label": t("dictate") }, h("p", {}, t("dictate_ask")), yes, no);
    button.closest("form")?.append(panel);
    document.addEventListener("keydown", left, true);
    announce([t("dictate_ask")]);
    yes.focus({ preventScroll: true });
  });
}

/** @param {Page} page */
function listen({ t, tell, button, announce }) {
  const input = /** @type {HTMLInputElement} */ (document.getElementById("input"));
  const before = input.value && `${input.value.trimEnd()} `;
  const recogniser = new (globalThis.SpeechRecognition ?? globalThis.webkitSpeechRecognition)();
  recogniser.lang = document.documentElement.lang;
  recogniser.interimResults = true;
  const stop = () => recogniser.stop();
  /** @param {KeyboardEvent} event */
  const left = (event) => event.key === "Escape" && (event.stopImmediatePropagation(), recogniser.abort());
  return new Promise((resolve) => {
    recogniser.onresult = ({ results }) => {
      input.value = before + [...results].map(([best]) => best.transcript).join("");
      input.dispatchEvent(new Event("input", { bubbles: true }));
    };
    recogniser.onerror = ({ error }) => tell(t(WORDS[error] ?? "dictate_network"));
    recogniser.onend = () => {
      button.removeEventListener("click", stop);
      button.removeAttribute("aria-pressed");
      document.removeEventListener("keydown", left, true);
      input.focus({ preventScroll: true });
      resolve(undefined);
    };
    recogniser.start();
    button.setAttribute("aria-pressed", "true");
    button.addEventListener("click", stop);
    document.addEventListener("keydown", left, true);
    announce([t("dictating")]);
  });
}

/** @param {string} name */
function read(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null; // asked each time
  }
}

/** @param {string} name @param {string} answer */
function keep(name, answer) {
  try {
    localStorage.setItem(name, answer);
  } catch {
    // asked again
  }
}
