/*
 * The texts that the page shows, block by block, each with the message that it stands in (what is sold over the talk is
 * one of its own; "" outside of any), and what it has written into fields itself; the desk's messages; whether the desk
 * is working. Left out: the page's frame, the customer's own lines, opened sheets, running clocks, and what only screen
 * readers find.
 */
() => {
  const frame = "script, style, noscript, #composer, #progress, #notice, #typing, .over, .menu";
  const others = "dialog, [role=dialog], .sheet, .slip.customer, [data-wakes] > small";
  const inChat = document.body.classList.contains("chat");
  const root = inChat ? document.querySelector("main") : document.body;

  const blockOf = (node) => {
    let one = node.parentElement;
    while (one.parentElement && ["inline", "contents"].includes(getComputedStyle(one).display)) one = one.parentElement;
    return one;
  };

  const isHidden = (element) => {
    if (!element.checkVisibility({ visibilityProperty: true })) return true;
    for (let at = element; at && at !== document.body; at = at.parentElement) {
      const style = getComputedStyle(at);
      if (style.display === "contents" || style.position !== "absolute" || style.overflow === "visible") continue;
      const box = at.getBoundingClientRect();
      if (box.width <= 1 || box.height <= 1) return true;
    }
    return false;
  };

  const messageOf = (element) => element.closest("[data-id]")?.dataset.id ?? element.closest("#about")?.id ?? "";

  const shown = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(), last = null; node; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (!node.data.trim() || parent.closest(`${frame}, ${others}`) || isHidden(parent)) continue;
    const block = blockOf(node);
    const message = messageOf(parent);
    if (last?.block === block && last.message === message) last.text += node.data;
    else shown.push((last = { message, block, text: node.data }));
  }
  const written = ({ value, defaultValue, placeholder }) => (value && value === defaultValue ? value : placeholder);
  for (const field of root.querySelectorAll("input:is([type=text], [type=email], [type=tel], :not([type]))")) {
    if (!written(field) || field.closest(`${frame}, ${others}`) || isHidden(field)) continue;
    shown.push({ message: messageOf(field), text: written(field) });
  }
  return {
    shown: shown.map(({ message, text }) => [message, text.trim()]),
    desk: [...document.querySelectorAll(".slip[data-id]:not(.customer)")].map((slip) => slip.dataset.id),
    first: Object.fromEntries([...document.querySelectorAll(".slip[data-first]")].map((slip) => [slip.dataset.id, slip.dataset.first])),
    busy: document.querySelector("#typing:not([hidden])") !== null,
  };
}
