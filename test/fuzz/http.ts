import fc from 'fast-check';
import { KEY_IN_STORE } from './target.ts';

/** What a person or a program may put where a text is asked for, and what somebody puts there who means harm. */
export const hostileText: fc.Arbitrary<string> = fc
  .oneof(
    fc.constantFrom(
      ...[
        '',
        ' ',
        '%',
        '%00',
        "'",
        "' OR 1=1 --",
        '"; DROP TABLE messages',
        '`',
        '\\',
        '{',
        '}',
        '{{}}',
        '$(x)',
        '../../etc/passwd',
      ],
      ...[
        '-1',
        '0',
        '1e309',
        'NaN',
        'Infinity',
        '9'.repeat(40),
        '-9223372036854775809',
        '0x10',
        '1.5',
        'true',
        'null',
        '[]',
      ],
      ...[
        'now',
        'now-1h',
        '2026-13-45',
        '2026-01-01T00:00:00Z',
        '1790000000000',
        '1790000000000000000',
        '9999-12-31T23:59:59Z',
      ],
      ...[
        KEY_IN_STORE,
        '+14155550101',
        '*',
        '%25%',
        '\u0000',
        '\ud800',
        '\u202e',
        '😀'.repeat(50),
        'a'.repeat(2900),
        '<script>',
      ],
    ),
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.string({ maxLength: 500 }),
  )
  .map((text) => text.toWellFormed());

const PATIENCE_MS = 30_000;
/** Of every request: refused for what it is, before a route has read it. */
const ALWAYS = [400, 401, 404, 405, 413, 414, 415, 429, 431];

/** @throws when there is no answer, or one that the operation does not say it gives */
export async function checkAnswer(url: string, statuses: readonly string[], init: RequestInit = {}): Promise<void> {
  const { status, text } = await fetch(url, { ...init, signal: AbortSignal.timeout(PATIENCE_MS) }).then(
    async (response) => ({ status: response.status, text: await response.text() }),
  );
  if (status < 400 || statuses.includes(String(status)) || ALWAYS.includes(status)) return;
  throw new Error(`${init.method ?? 'GET'} ${url} answers ${status}: ${text.slice(0, 500)}`);
}
