/** The seller's page around an embedded chat: where the desk's own pages lead back to. */

let around = "";

/** @param {string} page */
export function embeddedIn(page) {
  around = page;
}

/** A link of the desk's own leads back to here; any other stays as it is. @param {URL} url */
export function withWayBack(url) {
  if (around && url.origin === location.origin) url.searchParams.set("from", around);
  return url;
}
