/** A payment that is being checked: asked after in the background, so that the page changes only when there is news. */
const waiting = document.getElementById("again");

/** @param {HTMLElement} mark */
function later(mark) {
  setTimeout(() => look(mark), Number(mark.dataset.pause) * 1000);
}

/** @param {HTMLElement} mark */
async function look(mark) {
  const here = new URL(mark.dataset.again ?? "", location.href);
  /** @type {HTMLElement|null} */
  let next = mark;
  try {
    const answer = await fetch(here, { headers: { accept: "text/html" } });
    if (answer.ok) next = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("again");
  } catch {
    // offline: the same address is asked again
  }
  if (next) later(next);
  else location.replace(here);
}

if (waiting) later(waiting);
