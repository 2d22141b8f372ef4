import type { Endpoint } from './config.ts';
import { ConfigError } from './config-error.ts';

/** "host:port" or "[v6]:port", already checked by the schema. */
export function parseEndpoint(text: string): Endpoint {
  const colon = text.lastIndexOf(':');
  const port = Number(text.slice(colon + 1));
  if (port > 65535) throw new ConfigError([`${text}: a port is at most 65535`]);
  return { host: text.slice(0, colon).replace(/^\[|\]$/g, ''), port };
}
