/** `/sandbox/api/…`: asked again and again while the page is looked at. */

const PAUSE_MS = 1200;
const PATIENCE_MS = 20_000; // the clock answers within 10 s

/** @param {string} path @param {object} [body] */
export async function ask(path, body) {
  const how = body ? { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) } : {};
  const answer = await fetch(`/sandbox/api/${path}`, { ...how, cache: "no-cache", signal: AbortSignal.timeout?.(PATIENCE_MS) });
  if (!answer.ok) throw new Error(`sandbox: ${answer.status}`);
  return answer.json();
}

/** Asks for all of `paths` in turn and hands the answers over. @param {string[]} paths @param {(answers: any[]) => void} heard @param {(works: boolean) => void} reached */
export async function watch(paths, heard, reached) {
  for (;;) {
    if (!document.hidden) {
      try {
        heard(await Promise.all(paths.map((path) => ask(path))));
        reached(true);
      } catch {
        reached(false);
      }
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
