/** Where a SIP server has to send its HEP packets. */
export interface HepTarget {
  readonly host: string;
  readonly port: string;
  /** True when Calltrail listens on loopback only, so that nothing from another machine can arrive. */
  readonly loopbackOnly: boolean;
}

/** The port that IANA has registered for HEP; what the snippets say when Calltrail does not tell its own. */
const HEP_PORT = '9060';

/**
 * Reads the address out of the sentence with which the HEP listener describes itself ("listens on 0.0.0.0:9060").
 * A wildcard address cannot be sent to; the name under which the browser reached Calltrail can.
 */
export function hepTarget(detail: string, browserHost: string): HepTarget {
  const address = /(\[[0-9a-f:.%]+\]|[\w.-]+|\*|::):(\d{1,5})(?!\d)/i.exec(detail);
  const host = address?.[1] ?? '';
  const port = address?.[2] ?? HEP_PORT;
  if (['', '0.0.0.0', '[::]', '::', '*'].includes(host)) return { host: browserHost, port, loopbackOnly: false };
  return { host, port, loopbackOnly: host === 'localhost' || host === '[::1]' || host.startsWith('127.') };
}
