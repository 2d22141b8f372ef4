/**
 * What must not be stored: FreeSWITCH puts the credentials it uses into channel variables and into the arguments of
 * dialplan applications and API commands, and so into events and log lines.
 */

const SECRET_NAME = /password|passwd|passphrase|a1-hash|^(?:variable_)?sip_auth_|(?:^|_)authorization$/i;
/**
 * "sip_auth_password=s3cret", "SET [vm-password]=[1234]", `"password":"x"`, `name="password" value="x"`: the name stays,
 * the value goes. Every repetition is bounded: the text may be megabytes that a stranger wrote.
 */
const SECRET_VALUE = new RegExp(
  '((?:password|passwd|passphrase|a1-hash)[\\w-]{0,40}["\'\\]]?(?: {1,4}value)?\\s{0,4}[=:]\\s{0,4})' +
    '(?:\'[^\']{0,256}\'|"[^"]{0,256}"|\\[[^\\]]{0,256}\\]|[^\\s,;&)}\\]]{1,256})',
  'gi',
);
const MAY_HOLD = /passw|passphrase|a1-hash|sip_auth_|authorization|\\u/i;
const WORTH_A_LOOK = /passw|passphrase|a1-hash/i;

/** False for JSON that needs no cleaning, names and values alike; an escape might hide a word. */
export function mayHoldSecrets(json: Buffer): boolean {
  // Each of the words has "ss", "1-h" or "th" in it, which one look at each byte tells.
  for (let i = 1; i < json.length; i += 1) {
    const kind = LETTERS[json[i]!]!;
    if (kind === 0) continue;
    const before = json[i - 1]! | 0x20;
    const isLikely = kind === 1 ? before === 0x73 : kind === 2 ? before === 0x2d || before === 0x74 : before === 0x7c;
    if (isLikely) return MAY_HOLD.test(json.toString('latin1'));
  }
  return false;
}

/** 1 for S, 2 for H, 3 for the u of an escape. */
const LETTERS = new Uint8Array(256);
LETTERS.fill(1, 0x53, 0x54).fill(1, 0x73, 0x74).fill(2, 0x48, 0x49).fill(2, 0x68, 0x69).fill(3, 0x75, 0x76);

/** True for a header that is dropped as a whole, for example variable_sip_auth_password. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

/** The text with the values of passwords in it replaced by "***". */
export function withoutSecrets(text: string): string {
  return WORTH_A_LOOK.test(text) ? text.replace(SECRET_VALUE, '$1***') : text;
}
