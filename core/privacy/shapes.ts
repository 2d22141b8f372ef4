import { applied, type Piece } from './pieces.ts';
import { TOKEN, type Tokens } from './tokens.ts';

/** What holds digits and is no number. */

export const UUID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi;

/** IPv4 with or without a port; IPv6 in brackets, or bare with three groups or "::" at least. */
export const ADDRESS =
  /(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:[:;/]\d{1,5})?(?![\d.]*\d)|\[[0-9a-f:.]{2,45}\](?::\d{1,5})?(?!\d)|(?<![\w:.])(?:[0-9a-f]{0,4}:){3,7}[0-9a-f]{1,4}(?![\w:])/gi;

/** "2026-11-26 10:00:00.123456", "10:00:00", as switches and ISO 8601 write them. */
export const MOMENT =
  /(?<!\d)(?:(?:19|20)\d\d-[01]\d-[0-3]\d(?:[ T][0-2]\d:[0-5]\d:[0-6]\d(?:\.\d{1,6})?Z?)?|[0-2]\d:[0-5]\d:[0-6]\d(?:\.\d{1,6})?)(?!\d)/g;

export const STATUS_LINE = /\bSIP\/2\.0 [1-6]\d\d\b|^[1-6]\d\d(?= )/g;

/** Tokens that were made with the key: what only looks like one is a text like any other. */
export const keepTokens = (pieces: readonly Piece[], tokens: Tokens): Piece[] =>
  applied(pieces, TOKEN, ([whole]) => (tokens.read(whole) === undefined ? undefined : whole));
