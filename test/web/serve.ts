import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { PAGE_POLICY } from '../../api/page-policy.ts';

/** What the API answers: by path without the query, or a function for an answer that depends on it. */
export type Answers = Map<string, unknown | ((query: URLSearchParams) => unknown)>;

export interface ServedPage {
  readonly origin: string;
  readonly answers: Answers;
  /** Every request for /api, newest last. */
  readonly asked: string[];
  /** API paths that are not answered until the promise resolves. */
  readonly held: Map<string, Promise<void>>;
  close(): Promise<void>;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Serves a built page as the API server does: /assets as files, "/" and "/calls/…" as index.html, given answers. */
export async function servePage(directory: string): Promise<ServedPage> {
  const answers: Answers = new Map();
  const asked: string[] = [];
  const held = new Map<string, Promise<void>>();
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://host');
    const send = (status: number, type: string, body: string | Buffer) =>
      response
        .writeHead(status, {
          'content-type': type,
          'content-security-policy': PAGE_POLICY,
          'x-content-type-options': 'nosniff',
        })
        .end(body);
    if (pathname.startsWith('/api/') || pathname === '/healthz') {
      asked.push(request.url ?? '');
      await held.get(pathname);
      const answer = answers.get(pathname);
      if (answer === undefined) {
        const problem = { error: 'not_found', message: 'Nothing is stored under this key.' };
        return send(404, 'application/json', JSON.stringify(problem));
      }
      const body = typeof answer === 'function' ? answer(searchParams) : answer;
      return send(200, 'application/json', JSON.stringify(body));
    }
    const file = pathname.startsWith('/assets/') ? normalize(pathname) : '/index.html';
    return readFile(join(directory, file)).then(
      (bytes) => send(200, TYPES[extname(file)] ?? 'application/octet-stream', bytes),
      () => send(404, 'text/plain', 'no such file'),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answers,
    asked,
    held,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
