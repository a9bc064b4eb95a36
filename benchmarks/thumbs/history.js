/*
 * What the desk knows of this conversation, asked for as the page's own scripts ask; the query tells this question from
 * theirs on the wire. Looking begins nothing: whoever hasn't said anything yet sees the greeting that the page came with.
 */
async () => {
  const kept = localStorage.getItem("okienko.session");
  let token = kept;
  try {
    token = JSON.parse(kept);
  } catch {
    // It was kept as it is.
  }
  const headers = { "okienko-chat": "1", ...(token ? { "okienko-session": token } : {}) };
  const answer = await fetch("/webchat/history?by-thumb", { headers, cache: "no-store" });
  const talk = answer.ok ? await answer.json() : { lines: [], standing: null };
  return talk.standing ? talk : JSON.parse(document.getElementById("talk").textContent);
}
