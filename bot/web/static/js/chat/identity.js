/**
 * The site around says who its customer is, by a token that it has signed. Loaded where it does, or did so before.
 * The session that comes of it lives as long as the page: the next one is told anew, and nothing is left to be found.
 */

/** @typedef {{token: string|null, begin: () => Promise<any>, get: (path: string) => Promise<any>, post: (path: string, body: object) => Promise<any>}} Api */

/** Shows the chat once it is known whose it is. @param {{api: Api, ask: () => unknown}} chat */
export function begin(chat) {
  const { api } = chat;
  const allowed = [location.origin, ...(document.getElementById("window")?.dataset.embedders ?? "").split(" ")];
  const [visit, get, post] = [api.begin.bind(api), api.get.bind(api), api.post.bind(api)];
  let known = false;
  let shown = false;

  /** Where the site has said otherwise since, the page begins anew. @param {Promise<any>} asked */
  const unlessOver = (asked) =>
    asked.catch((problem) => {
      if (known && problem.status === 401) location.reload();
      throw problem;
    });
  api.begin = async () => known || visit();
  api.get = (path) => unlessOver(get(path));
  api.post = (path, body) => unlessOver(post(path, body));

  /** Asks the page around whose chat this is. @param {boolean} refused nobody's by the token that it gave */
  const askWhose = (refused) => window.parent.postMessage({ okienko: 1, kind: "identity", refused }, "*");

  /** @param {string|null} identity @param {string} origin */
  async function tell(identity, origin) {
    try {
      const said = await post(`/webchat/identity?lang=${document.documentElement.lang}`, { identity, origin });
      known = said.known !== null;
      if (known) api.token = said.known;
    } catch (problem) {
      console.error(`okienko-chat: the site's word for its customer isn't taken (${problem.message})`);
      if (identity !== null && problem.status === 403) return askWhose(true);
    }
    if (shown) return;
    shown = true;
    forget();
    chat.ask();
  }

  addEventListener("message", ({ source, origin, data }) => {
    const asked = source === window.parent && allowed.includes(origin) && data?.okienko === 1 && data.kind === "identity";
    if (asked && !shown) void tell(typeof data.identity === "string" ? data.identity : null, origin);
  });
  addEventListener("pagehide", () => known && forget());
  askWhose(false);
}

/** What was typed and not sent is the customer's, and no business of whoever sits here next. */
function forget() {
  try {
    for (const name of Object.keys(sessionStorage)) if (name !== "okienko.session") sessionStorage.removeItem(name);
  } catch {
    // No browser that refuses storage has kept anything.
  }
}
