/** What the browser keeps for this page; undefined where it keeps nothing. */
export function kept(): Storage | undefined {
  try {
    return localStorage;
  } catch {
    // Refused by a setting of the browser: choices last as long as the page.
    return undefined;
  }
}
