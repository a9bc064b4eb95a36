/** On a low window the answers go below the talk, within its own scrolling, so that half of the height belongs to it. */
import { byId } from "../dom.js";

const LOW = matchMedia("(max-height: 600px)");

/** @param {() => void} moved */
export function fit(moved) {
  const place = () => {
    const [tray, log, notice] = [byId("tray"), byId("log"), byId("notice")];
    const held = tray.contains(document.activeElement) ? /** @type {HTMLElement} */ (document.activeElement) : null;
    if (LOW.matches) log.append(tray);
    else notice.after(tray);
    held?.focus({ preventScroll: true });
    moved();
  };
  LOW.addEventListener("change", place);
  place();
}
