// Draws each frame of the seller's look by day or by night, whatever this device is set to: a page can ask for neither
// in a frame, so the frame's own sheets are told.

/** @param {CSSStyleSheet} sheet @param {string} light */
function lit(sheet, light) {
  for (const rule of sheet.cssRules) {
    const asked = rule.media?.mediaText.match(/prefers-color-scheme: (\w+)/);
    if (asked) rule.media.mediaText = asked[1] === light ? "all" : "not all";
  }
}

/** @param {HTMLIFrameElement} frame */
function draw(frame) {
  const page = frame.contentDocument, { light } = frame.dataset;
  if (!page?.documentElement || page.readyState !== "complete") return;
  for (const sheet of page.styleSheets) lit(sheet, light);
  page.documentElement.style.colorScheme = light;
}

for (const frame of document.querySelectorAll("iframe")) {
  frame.addEventListener("load", () => draw(frame));
  draw(frame);
}
