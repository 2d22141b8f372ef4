/** One Via of a message: a host that the request has passed. */
export interface PassedHost {
  readonly branch: string;
  /** Where the request came from as its receiver saw it, else as the sender says; IPv6 without its brackets. */
  readonly address: string;
}

/** Values of Via headers from the top; one may hold several, separated by commas (RFC 3261 §20.42). Linear in their length. */
export function readVias(values: readonly string[]): readonly PassedHost[] {
  const vias: PassedHost[] = [];
  for (const value of values) {
    if (!value.includes(',')) vias.push(readVia(value));
    else for (const one of value.split(/,(?=\s*SIP\s*\/)/i)) vias.push(readVia(one));
  }
  return vias;
}

const SENT_BY = /^\s*SIP\s*\/\s*2\.0\s*\/\s*\S+\s+(\[[^\]]+\]|[^\s:;]+)/i;
const BRANCH = /;\s*branch\s*=\s*([^\s;,]+)/i;
const RECEIVED = /;\s*received\s*=\s*([^\s;,]+)/i;

function readVia(via: string): PassedHost {
  const address = RECEIVED.exec(via)?.[1] ?? SENT_BY.exec(via)?.[1] ?? '';
  return { branch: BRANCH.exec(via)?.[1] ?? '', address: bare(address) };
}

/** Hosts of Record-Route, from the top: the proxies that stay in the dialog (RFC 3261 §16.6). */
export function recordedHosts(sip: { header(name: string): string[] }): readonly string[] {
  return sip
    .header('record-route')
    .flatMap((value) => [...value.matchAll(/<\s*sips?:(?:[^@>\s]*@)?(\[[^\]]+\]|[^\s:;>?]+)/gi)])
    .map(([, host]) => bare(host ?? ''));
}

const bare = (host: string): string =>
  host.startsWith('[') || host.endsWith(']') ? host.replace(/^\[|\]$/g, '') : host;
