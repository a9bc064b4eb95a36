/** Back to the chat: where that opened this page, it is still there behind it, and this page goes. */
const way = /** @type {HTMLAnchorElement|null} */ (document.getElementById("back"));
const UNCLOSED_MS = 300;

way?.addEventListener("click", (event) => {
  const openedByChat = window.opener !== null || new URL(location.href).searchParams.has("from");
  if (!openedByChat) return;
  event.preventDefault();
  window.close();
  setTimeout(() => location.assign(way.href), UNCLOSED_MS); // a browser may refuse to close it
});
