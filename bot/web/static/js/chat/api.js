/** Talks to `/webchat/…` as one visitor: by cookie, or by a token in a header where the cookie doesn't arrive. */
import { recall, remember } from "./memory.js";

/** An answer that says no. `status` 0 is no answer at all. */
export class Refusal extends Error {
  /**
   * @param {number} status @param {string} code @param {number} [retryAfter] seconds
   * @param {string} [text] what the desk says about it, where it does
   */
  constructor(status, code, retryAfter, text) {
    super(code);
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter;
    this.text = text;
  }

  /** Whether the same may be sent again as it is. */
  get passing() {
    return this.status === 0 || this.status === 401 || this.status === 429 || this.status >= 500;
  }
}

const TIMEOUT_MS = 30_000;

export class Api {
  /** A session that goes by the header: then the page can't tell whose it is. */ token = recall("okienko.session");

  /** Makes sure that there is a session; called first, and again when it has been lost. */
  begin() {
    return this.#json("POST", "/webchat/session", {});
  }

  /** A token is given where no cookie arrives, and another one by the message that logged in. @param {object} said */
  #keep(said) {
    if (!said?.token) return;
    this.token = said.token;
    remember("okienko.session", said.token);
  }

  /** @param {string} path @param {object|FormData} body */
  async post(path, body) {
    try {
      return await this.#json("POST", path, body);
    } catch (problem) {
      if (problem.status !== 401) throw problem;
      await this.begin(); // a cookie that doesn't arrive, or a session that is over
      return this.#json("POST", path, body);
    }
  }

  /** @param {string} path */
  get(path) {
    return this.#json("GET", path);
  }

  /** The open stream's answer. @param {string} after the last event's id @param {AbortSignal} signal */
  async stream(after, signal) {
    const headers = { ...this.#headers(), accept: "text/event-stream", ...(after && { "last-event-id": after }) };
    const answer = await fetch("/webchat/events", { headers, signal, cache: "no-store" });
    if (!answer.ok || !answer.body) throw await refusal(answer);
    return answer.body;
  }

  #headers() {
    return { "okienko-chat": "1", ...(this.token && { "okienko-session": this.token }) };
  }

  async #json(method, path, body) {
    const form = body instanceof FormData; // the browser says its own type, with the boundary
    const headers = { ...this.#headers(), ...(body && !form && { "content-type": "application/json" }) };
    const signal = AbortSignal.timeout?.(TIMEOUT_MS);
    let answer;
    try {
      answer = await fetch(path, { method, headers, body: form ? body : body && JSON.stringify(body), signal, cache: "no-store" });
      if (answer.ok) {
        const said = await answer.json();
        this.#keep(said);
        return said;
      }
    } catch {
      throw new Refusal(0, "offline");
    }
    throw await refusal(answer);
  }
}

/** @param {Response} answer */
async function refusal(answer) {
  const said = await answer.json().catch(() => ({}));
  const later = Number(answer.headers.get("retry-after")) || undefined;
  return new Refusal(answer.status, said.error ?? "unknown", later, said.text);
}
