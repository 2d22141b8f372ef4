/** A Grafana that is asked over HTTP, with whatever proves who asks. */
export interface Grafana {
  /** The answer's JSON; rejects with a sentence for anything but 2xx, a {@link Refusal} where an answer came. */
  get(path: string): Promise<unknown>;
  post(path: string, body: unknown): Promise<unknown>;
  /** Status, headers and text, whatever they are. */
  raw(path: string, credentials: boolean): Promise<Raw>;
  /** Opens a WebSocket, and closes it after its first message or `waitMs` after it opened. Rejects where it does not open. */
  listen(path: string, waitMs: number): Promise<Heard>;
}

export interface Raw {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** What came first of a WebSocket: a message, or its end as the other side told it. Neither where it was silent. */
export interface Heard {
  readonly message?: string;
  readonly end?: { readonly code: number; readonly reason: string };
}

export interface Credentials {
  readonly token?: string;
  readonly user?: string;
  readonly password?: string;
}

/** An answer that is not 2xx. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly text: string;

  constructor(status: number, text: string) {
    super(`${status} ${text.trim().slice(0, 300)}`);
    this.status = status;
    this.text = text;
  }
}

const PATIENCE_MS = 30_000;

export function createGrafana(url: string, { token, user, password }: Credentials): Grafana {
  const base = url.replace(/\/+$/, '');
  const authorization =
    token !== undefined
      ? `Bearer ${token}`
      : user !== undefined
        ? `Basic ${Buffer.from(`${user}:${password ?? ''}`).toString('base64')}`
        : undefined;
  const proof = authorization === undefined ? {} : { authorization };

  const ask = async (path: string, init: RequestInit, credentials = true): Promise<Response> => {
    const headers = { ...init.headers, ...(credentials ? proof : {}) };
    try {
      return await fetch(`${base}${path}`, { ...init, headers, signal: AbortSignal.timeout(PATIENCE_MS) });
    } catch (error) {
      // fetch itself says no more than that it failed.
      const { cause } = error as { cause?: unknown };
      throw new Error(`no answer: ${cause instanceof Error ? cause.message : String(error)}`, { cause: error });
    }
  };

  const json = async (path: string, init: RequestInit): Promise<unknown> => {
    const response = await ask(path, init);
    const text = await response.text();
    if (!response.ok) throw new Refusal(response.status, text);
    return JSON.parse(text);
  };

  return {
    get: (path) => json(path, {}),
    post: (path, body) =>
      json(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    async raw(path, credentials) {
      const response = await ask(path, { redirect: 'manual' }, credentials);
      return { status: response.status, headers: response.headers, text: await response.text() };
    },
    listen: (path, waitMs) =>
      new Promise((resolve, reject) => {
        const { origin } = new URL(base);
        const socket = new WebSocket(`${base.replace(/^http/, 'ws')}${path}`, { headers: { ...proof, origin } });
        let opened = false;
        const end = (heard: Heard): void => {
          clearTimeout(patience);
          socket.close();
          if (opened) resolve(heard);
          else reject(new Error('the WebSocket does not open'));
        };
        let patience = setTimeout(() => end({}), PATIENCE_MS);
        socket.addEventListener('open', () => {
          opened = true;
          clearTimeout(patience);
          patience = setTimeout(() => end({}), waitMs);
        });
        socket.addEventListener('message', ({ data }) => end({ message: String(data) }));
        socket.addEventListener('close', ({ code, reason }) => end({ end: { code, reason } }));
      }),
  };
}
