import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { engineError, parameters, SELECT_SETTINGS, type Selector } from './selector.ts';

export interface HttpSelectorOptions {
  /** "http://host:8123" or "https://…" */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  readonly database?: string;
  /** More settings of each statement. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** Below any server's keep-alive, so that no request begins on a connection that is about to close. */
const IDLE_MS = 2500;
const MAX_CONNECTIONS = 32;
/** Proxies and servers take URLs of at least this; longer parameters go as a form. */
const MAX_URL = 8000;

/**
 * Selects without the client's machinery for streams of rows: that costs as much as a quick question itself. It is the
 * same interface, with the answer as one array.
 */
export function createHttpSelector({ url, username, password, database, settings }: HttpSelectorOptions): Selector {
  const { protocol, hostname, port, pathname } = new URL(url);
  const agentOptions = {
    keepAlive: true,
    timeout: IDLE_MS,
    maxSockets: MAX_CONNECTIONS,
    maxFreeSockets: MAX_CONNECTIONS,
  };
  const [agent, request] =
    protocol === 'https:' ? [new HttpsAgent(agentOptions), httpsRequest] : [new HttpAgent(agentOptions), httpRequest];
  const place = {
    // In a URL an IPv6 address stands in brackets.
    hostname: hostname.replace(/^\[(.*)\]$/, '$1'),
    ...(port === '' ? {} : { port }),
    method: 'POST',
    agent,
  };
  const credentials = { 'X-ClickHouse-User': username ?? 'default', 'X-ClickHouse-Key': password ?? '' };
  const fixed = new URLSearchParams({
    default_format: 'JSONEachRow',
    ...SELECT_SETTINGS,
    // An error is a status then, and never a short answer.
    wait_end_of_query: '1',
    ...settings,
    ...(database === undefined ? {} : { database }),
  }).toString();

  return {
    select: (sql, params, maxSeconds, signal) =>
      new Promise((resolve, reject) => {
        const values = parameters(params);
        const search = `${fixed}&max_execution_time=${maxSeconds}`;
        const inUrl = new URLSearchParams(values as [string, string][]).toString();
        const long = search.length + inUrl.length > MAX_URL;
        const form = long ? formOf([['query', sql], ...values]) : undefined;
        const req = request(
          {
            ...place,
            path: `${pathname}?${search}${long || inUrl === '' ? '' : `&${inUrl}`}`,
            headers: form === undefined ? credentials : { ...credentials, 'Content-Type': form.contentType },
            signal,
          },
          (res) => {
            collect(res)
              .then((text) => resolve(rowsOf(res, text)), reject)
              .catch(reject);
          },
        );
        req.on('error', reject);
        req.end(form?.body ?? sql);
      }),
    close: () => agent.destroy(),
  };
}

async function collect(res: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of res) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function rowsOf(res: IncomingMessage, text: string): unknown[] {
  if (res.statusCode === 200 && res.headers['x-clickhouse-exception-code'] === undefined) {
    return JSON.parse(text) as unknown[];
  }
  // A page of a proxy, say: nobody said no.
  throw engineError(text) ?? new Error(`status ${res.statusCode}: ${text.slice(0, 200)}`);
}

function formOf(fields: readonly (readonly [string, string])[]): { body: string; contentType: string } {
  const boundary = `----calltrail${Math.random().toString(36).slice(2)}${Math.random().toString(36).slice(2)}`;
  const parts = fields.map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  return { body: `${parts.join('')}--${boundary}--\r\n`, contentType: `multipart/form-data; boundary=${boundary}` };
}
