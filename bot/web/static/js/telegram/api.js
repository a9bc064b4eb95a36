/** `/sandbox/telegram/api/…`: whom one may be, and what their chat shows. */

const PATIENCE_MS = 20_000;

/** @param {string} path @param {object} [body] */
export async function ask(path, body) {
  const how = body ? { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) } : {};
  const answer = await fetch(`/sandbox/telegram/api/${path}`, { ...how, cache: "no-store", signal: AbortSignal.timeout?.(PATIENCE_MS) });
  if (!answer.ok) throw new Error(`telegram: ${answer.status}`);
  return answer.json();
}

/** @param {string} bot @param {number} person */
export const chatOf = (bot, person) => `chats/${encodeURIComponent(bot)}/${person}`;
