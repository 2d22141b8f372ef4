/** Methods whose dialogs are no calls; keep-alives alone are most of the traffic of a small site. */
export const NO_CALL: ReadonlySet<string> = new Set([
  'OPTIONS',
  'REGISTER',
  'SUBSCRIBE',
  'NOTIFY',
  'PUBLISH',
  'MESSAGE',
]);
