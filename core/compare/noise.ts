import { isIP } from 'node:net';
import { createPrefixes } from '../model/prefix.ts';
import { isPrivate } from '../model/private-address.ts';

/**
 * Takes out of a text what differs between any two calls and says nothing: identifiers, tags, branches, times, ports. Numbers
 * become their class, addresses the place that they have in the call.
 */
export interface Quiet {
  /** A value of SIP or a log line. */
  text(value: string): string;
}

/** Longer values are compared as far as this. */
const MAX_TEXT = 2000;

const UUID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi;
/** What a program makes up: eight characters or more with a digit and a letter, or hex alone. */
const MADE_UP = /\b(?=[\w.!~*-]*\d)(?=[\w.!~*-]*[a-z])[\w!~*-]{12,}\b/gi;
const HEX = /\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b/gi;
const PARAMETERS =
  /;\s*(?:tag|branch|rport|received|ob|ftag|vsf|lr|did|nat|alias|transport|fs_path|fs_nat)(?:=[^;,>\s]*)?/gi;
const USER = /(sips?|tel):([^@;>\s,]+)(?=@|[;>\s,]|$)/gi;
const TIME = /\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?\b/g;
const IPV4 = /\b(\d{1,3}(?:\.\d{1,3}){3})(?::\d{1,5})?\b/g;
const IPV6 = /\[([0-9a-f:.]{2,45})\](?::\d{1,5})?/gi;
/** A number in a text; what a URI's has become stands in angle brackets. */
const LONG = /(?<![<+\w.-])\+?\d{5,15}(?![\w.-])/g;

/** @param placeOf what an address is in this call ("host 2"); undefined for one that is no end of any hop */
export function createQuiet(placeOf: (ip: string) => string | undefined): Quiet {
  const prefixes = createPrefixes();
  const address = (ip: string): string => {
    if (isIP(ip) === 0) return ip;
    return placeOf(ip) ?? (isPrivate(ip) ? 'a private address' : 'another address');
  };
  const user = (text: string): string => {
    const prefix = prefixes.of(text);
    return prefix === 'name' ? text : `<${prefix}>`;
  };
  return {
    text: (value) =>
      value
        .slice(0, MAX_TEXT)
        .replace(TIME, '<time>')
        .replace(/"[^"]*"\s*(?=<)/g, '')
        .replace(PARAMETERS, '')
        .replace(IPV6, (_, ip: string) => address(ip))
        .replace(IPV4, (_, ip: string) => address(ip))
        .replace(USER, (_, scheme: string, name: string) => `${scheme}:${isIP(name) === 0 ? user(name) : name}`)
        .replace(LONG, (digits) => `<${prefixes.of(digits)}>`)
        .replace(UUID, '<id>')
        .replace(HEX, '<id>')
        .replace(MADE_UP, '<id>')
        .replace(/\s+/g, ' ')
        .trim(),
  };
}

/** The places of a call's hosts, in the order in which they appear. */
export function createPlaces(): (ip: string) => string {
  const known = new Map<string, string>();
  return (ip) => {
    const before = known.get(ip);
    if (before !== undefined) return before;
    const place = `host ${known.size + 1}`;
    known.set(ip, place);
    return place;
  };
}
