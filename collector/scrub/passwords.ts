import { matched, type Secret } from './secret.ts';

/**
 * "sip_auth_password=s3cret", "SET [vm-password]=[1234]", `"password":"x"`, `name="password" value="x"`: the name stays,
 * the value goes. Every repetition is bounded: the text may be megabytes that a stranger wrote.
 */
const PASSWORD =
  /(?:password|passwd|passphrase|a1-hash|crypto_key)[\w-]{0,40}["'\]]?(?: {1,4}value)?\s{0,4}[=:]\s{0,4}('[^']{0,256}'|"[^"]{0,256}"|\[[^\]]{0,256}\]|[^\s,;&)}\]]{1,256})/dgi;
/** Header fields and parameters that carry a token. */
const TOKEN =
  /(?:auth|access|api|refresh|session)[-_]?(?:token|key)["'\]]?[ \t]{0,8}[=:][ \t]{0,8}["']?([^\s"',;&)}\]]{1,4096})/dgi;

export const passwords = (text: string): Secret[] => [
  ...matched(text, PASSWORD, 'password'),
  ...matched(text, TOKEN, 'password'),
];
