import { describe, expect, test } from 'vitest';
import { align } from '../../core/compare/align.ts';
import { type Comparison, compareCalls } from '../../core/compare/compare.ts';
import { createQuiet } from '../../core/compare/noise.ts';
import { caseFrom, type Sent } from './case.ts';

describe('an alignment', () => {
  const rows = (left: string, right: string): string[] =>
    align([...left], [...right], (letter) => letter).map((row) => `${row.left ?? '-'}${row.right ?? '-'}`);

  test('sets what both have beside each other, in order, and the rest between', () => {
    expect(rows('abcd', 'abcd')).toEqual(['aa', 'bb', 'cc', 'dd']);
    expect(rows('abd', 'acd')).toEqual(['aa', 'b-', '-c', 'dd']);
    expect(rows('', 'ab')).toEqual(['-a', '-b']);
    expect(rows('ab', '')).toEqual(['a-', 'b-']);
    expect(rows('', '')).toEqual([]);
  });

  test('is the longest there is, keeps every item once and in its order, whatever the lists', () => {
    let seed = 7;
    const letter = (): string => {
      seed = (seed * 48_271) % 2_147_483_647;
      return 'abc'[seed % 3] ?? '';
    };
    const letters = (length: number): string => Array.from({ length }, letter).join('');
    for (let i = 0; i < 200; i++) {
      const [left, right] = [letters(i % 12), letters((i * 7) % 11)];
      const found = align([...left], [...right], (letter) => letter);
      expect(found.map((row) => row.left ?? '').join('')).toBe(left);
      expect(found.map((row) => row.right ?? '').join('')).toBe(right);
      const both = found.filter((row) => row.left !== undefined && row.right !== undefined);
      expect(both.every((row) => row.left === row.right)).toBe(true);
      expect(both.length).toBe(longest(left, right));
    }
  });
});

/** The length of the longest common sequence, by trying. */
function longest(a: string, b: string): number {
  if (a === '' || b === '') return 0;
  if (a[0] === b[0]) return 1 + longest(a.slice(1), b.slice(1));
  return Math.max(longest(a.slice(1), b), longest(a, b.slice(1)));
}

describe('noise', () => {
  const { text } = createQuiet((ip) => (ip === '198.51.100.7' ? 'host 2' : undefined));
  test.each([
    ['"Alice" <sip:+4930123456@198.51.100.7:5090;transport=udp>;tag=8f2', '<sip:<+49301>@host 2>'],
    ['<sip:+4930777777@10.0.0.9>;tag=zz', '<sip:<+49307>@a private address>'],
    ['<sip:1001@203.0.113.9:5062>', '<sip:<short>@another address>'],
    ['<sip:alice@example.net>', '<sip:alice@example.net>'],
    ['1800;refresher=uac', '1800;refresher=uac'],
    ['Q.850;cause=16;text="NORMAL_CLEARING"', 'Q.850;cause=16;text="NORMAL_CLEARING"'],
    ['cdb01a9c-3c5c-11f1-9a3e-0242ac110002 is gone', '<id> is gone'],
    ['at 2026-11-21 10:21:38.752001 to [2001:db8::1]:5060', 'at <time> to another address'],
  ])('%s is %s', (value, quiet) => {
    expect(text(value)).toBe(quiet);
  });

  test('of a text without end only the beginning is looked at, at once', () => {
    expect(text(`${'9'.repeat(200_000)};tag=${'a'.repeat(200_000)}`).length).toBeLessThanOrEqual(2000);
  });
});

const PHONE = '192.0.2.11:5060';
const PROXY = '198.51.100.7:5060';
const GATEWAY = '203.0.113.5:5060';

const sdp = (codecs: string, host = '192.0.2.11'): string =>
  `\nContent-Type: application/sdp\n\nv=0\no=- 1 1 IN IP4 192.0.2.11\ns=-\nc=IN IP4 ${host}\nt=0 0\nm=audio 4000 RTP/AVP ${codecs}\n`;

/** A call through a proxy; `more` changes what is particular about it. */
function callOf(
  name: string,
  {
    caller = '+493055501',
    phone = PHONE,
    codecs = '8 0 101',
    status = 200,
    headers = '',
    repeats = 0,
  }: {
    readonly caller?: string;
    readonly phone?: string;
    readonly codecs?: string;
    readonly status?: number;
    readonly headers?: string;
    readonly repeats?: number;
  } = {},
): Sent[] {
  const head = (first: string, cseq: string, hops: number, toTag: string): string =>
    `${first}\n${Array.from(
      { length: hops },
      (_, i) => `Via: SIP/2.0/UDP ${i === 0 ? phone : PROXY};branch=z9hG4bK${name}${i}${cseq.split(' ').join('')}`,
    )
      .reverse()
      .join(
        '\n',
      )}\nFrom: <sip:${caller}@a.example>;tag=f${name}\nTo: <sip:+49897700@b.example>${toTag}\nCall-ID: ${name}@x\nCSeq: ${cseq}\nUser-Agent: Phone 1${headers}`;
  const request = (method: string, cseq: number, hops: number, body: string, toTag = ''): string =>
    `${head(`${method} sip:+49897700@b.example SIP/2.0`, `${cseq} ${method}`, hops, toTag)}${body === '' ? '\nContent-Length: 0\n\n' : body}`;
  const response = (code: number, phrase: string, hops: number, body = ''): string =>
    `${head(`SIP/2.0 ${code} ${phrase}`, '1 INVITE', hops, `;tag=t${name}`)}${body === '' ? '\nContent-Length: 0\n\n' : body}`;
  const at = (atMs: number, from: string, to: string, text: string): Sent => ({ atMs, from, to, text });
  const [host] = phone.split(':');
  const invite = request('INVITE', 1, 1, sdp(codecs, host));
  const onward = request('INVITE', 1, 2, sdp(codecs, host));
  const answer = status === 200 ? sdp('8 101', '203.0.113.5') : '';
  return [
    at(0, phone, PROXY, invite),
    ...Array.from({ length: repeats + 1 }, (_, i) => at(5 + 500 * i, PROXY, GATEWAY, onward)),
    at(2000, GATEWAY, PROXY, response(180, 'Ringing', 2)),
    at(2010, PROXY, phone, response(180, 'Ringing', 1)),
    at(4000, GATEWAY, PROXY, response(status, 'Final', 2, answer)),
    at(4010, PROXY, phone, response(status, 'Final', 1, answer)),
    at(4020, phone, PROXY, request('ACK', 1, 1, '', `;tag=t${name}`)),
    ...(status === 200 ? [at(9000, phone, PROXY, request('BYE', 2, 1, '', `;tag=t${name}`))] : []),
  ];
}

const changed = ({ legs }: Comparison): string[] =>
  legs.flatMap(({ role, steps }) =>
    steps
      .filter(({ is }) => is !== 'same')
      .map(({ is, left, right, differences }) =>
        [role, is, left?.title ?? right?.title, ...differences.map(({ field }) => field)].join(' | '),
      ),
  );

describe('two calls', () => {
  test('of other people, from other phones of one class, at other times and under other identifiers are the same', () => {
    const left = caseFrom(callOf('one'));
    const right = caseFrom(
      callOf('two', { caller: '+493055999', phone: '192.0.2.99:5071' }).map((sent) => ({
        ...sent,
        atMs: sent.atMs * 3 + 86_400_000,
      })),
    );
    const found = compareCalls(left, right);
    expect(found.differences).toEqual([]);
    expect(found.legs.map(({ role, differences }) => [role, differences])).toEqual([['caller', []]]);
    expect(changed(found)).toEqual([]);
    expect(found.legs[0]?.steps.length).toBe(8);
  });

  test('of which one is refused part at the final response, and differ in how they ended', () => {
    const found = compareCalls(caseFrom(callOf('bad', { status: 488, codecs: '18 101' })), caseFrom(callOf('good')));
    expect(found.differences).toContainEqual({ field: 'outcome', left: 'failed', right: 'answered' });
    expect(found.differences).toContainEqual({ field: 'final status', left: '488', right: '200' });
    const rows = changed(found);
    expect(rows.filter((row) => row.includes('INVITE'))).toEqual([
      'caller | changed | INVITE | SDP audio 1 codecs',
      'caller | changed | INVITE | SDP audio 1 codecs',
    ]);
    const invite = found.legs[0]?.steps[0]?.differences;
    expect(invite).toEqual([{ field: 'SDP audio 1 codecs', left: 'G729 101', right: 'PCMA PCMU 101' }]);
    expect(rows).toContain('caller | left | 488 Final');
    expect(rows).toContain('caller | right | 200 Final');
    expect(rows).toContain('caller | right | BYE within the dialog');
  });

  test('of which one has a header more differ in that header, wherever it goes', () => {
    const found = compareCalls(caseFrom(callOf('a', { headers: '\nSession-Expires: 90' })), caseFrom(callOf('b')));
    const all = found.legs[0]?.steps.flatMap(({ differences }) => differences) ?? [];
    expect(all).toEqual(all.map(() => ({ field: 'Session-Expires', left: '90', right: '' })));
    expect(all).toHaveLength(8);
  });

  test('of which one repeated its INVITE differ in how often it was sent, on that hop alone', () => {
    const found = compareCalls(caseFrom(callOf('a', { repeats: 2 })), caseFrom(callOf('b')));
    expect(changed(found)).toEqual(['caller | changed | INVITE | times sent']);
    expect(found.legs[0]?.steps[1]).toMatchObject({ left: { where: 'hop 2 →', times: 3 }, right: { times: 1 } });
  });

  test('with another leg: that leg stands alone', () => {
    const left = caseFrom([...callOf('a'), ...callOf('b').map((sent) => ({ ...sent, atMs: sent.atMs + 20 }))]);
    const found = compareCalls(left, caseFrom(callOf('c')));
    expect(found.legs.map(({ role, right }) => [role, right !== undefined])).toEqual([
      ['caller', true],
      ['other 1', false],
    ]);
    expect(found.legs[1]?.steps.every(({ is }) => is === 'left')).toBe(true);
  });

  test('that are longer than what is compared say so, and are compared as far', () => {
    const info = (i: number): Sent => ({
      atMs: 5000 + i,
      from: PHONE,
      to: PROXY,
      text: `INFO sip:x@b.example SIP/2.0\nVia: SIP/2.0/UDP ${PHONE};branch=z9hG4bKi${i}\nFrom: <sip:+493055501@a.example>;tag=fa\nTo: <sip:+49897700@b.example>;tag=ta\nCall-ID: a@x\nCSeq: ${i + 5} INFO\nContent-Length: 0\n\n`,
    });
    const left = caseFrom([...callOf('a'), ...Array.from({ length: 500 }, (_, i) => info(i))]);
    const found = compareCalls(left, caseFrom(callOf('b')));
    expect(found.truncated).toBe(true);
    expect(found.legs[0]?.steps.length).toBeLessThan(420);
  });
});
