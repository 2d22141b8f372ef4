/** A Grafana that is asked over HTTP, with whatever proves who asks. */
export interface Grafana {
  /** The answer's JSON; rejects with a sentence for anything but 2xx. */
  get(path: string): Promise<unknown>;
  post(path: string, body: unknown): Promise<unknown>;
  /** Status, type and text, whatever they are. */
  raw(path: string, credentials: boolean): Promise<{ status: number; type: string; text: string }>;
}

export interface Credentials {
  readonly token?: string;
  readonly user?: string;
  readonly password?: string;
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

  const ask = async (path: string, init: RequestInit, credentials = true): Promise<Response> => {
    const headers = { ...init.headers, ...(authorization !== undefined && credentials ? { authorization } : {}) };
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
    if (!response.ok) throw new Error(`${response.status} ${text.slice(0, 300)}`);
    return JSON.parse(text);
  };

  return {
    get: (path) => json(path, {}),
    post: (path, body) =>
      json(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    async raw(path, credentials) {
      const response = await ask(path, { redirect: 'manual' }, credentials);
      return {
        status: response.status,
        type: response.headers.get('content-type') ?? '',
        text: await response.text(),
      };
    },
  };
}
