/** The memory of this tab, and of this browser on this site, where it grants one: a frame on another site may have none. */

/** @param {string} key */
export function recall(key) {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}

/** @param {string} key @param {string|null} value */
export function remember(key, value) {
  try {
    if (value === null) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, value);
  } catch {
    // Then it lives as long as the page does.
  }
}

/** Of the browser's: within another site a part of its own. @param {string} key */
export function recallHere(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** @param {string} key @param {string} value */
export function rememberHere(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Then it counts anew.
  }
}
