import type { SipMessage } from './read.ts';

/** One Via of a message: a host that the request has passed. */
export interface PassedHost {
  readonly branch: string;
  /** Where the request came from as its receiver saw it, else as the sender says; IPv6 without its brackets. */
  readonly address: string;
}

/** All Via headers from the top: how a request has come, and how a response has still to go (RFC 3261 §20.42). */
export const viasOf = (sip: Pick<SipMessage, 'header'>): readonly PassedHost[] =>
  splitValues(sip.header('via')).map(readVia);

/** A header may hold several, separated by commas. */
const splitValues = (values: readonly string[]): string[] =>
  values.flatMap((value) => value.split(/,(?=\s*SIP\s*\/)/i));

function readVia(via: string): PassedHost {
  const parameter = (name: string): string => new RegExp(`;\\s*${name}\\s*=\\s*([^\\s;,]+)`, 'i').exec(via)?.[1] ?? '';
  const sentBy = /^\s*SIP\s*\/\s*2\.0\s*\/\s*\S+\s+(\[[^\]]+\]|[^\s:;]+)/i.exec(via)?.[1] ?? '';
  return { branch: parameter('branch'), address: bare(parameter('received') || sentBy) };
}

/** Hosts of Record-Route, from the top: the proxies that stay in the dialog (RFC 3261 §16.6). */
export function recordedHosts(sip: Pick<SipMessage, 'header'>): readonly string[] {
  return sip
    .header('record-route')
    .flatMap((value) => [...value.matchAll(/<\s*sips?:(?:[^@>\s]*@)?(\[[^\]]+\]|[^\s:;>?]+)/gi)])
    .map(([, host]) => bare(host ?? ''));
}

const bare = (host: string): string => host.replace(/^\[|\]$/g, '');
