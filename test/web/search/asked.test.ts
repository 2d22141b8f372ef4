import { describe, expect, test } from 'vitest';
import { readRoute } from '../../../web/route.ts';
import { type Asked, isNarrowed, NEWEST, readAsked, searchAddress, searchApi } from '../../../web/search/asked.ts';
import { withOwnTime } from '../../../web/search/filters.ts';

const read = (search: string): Asked => readAsked(new URLSearchParams(search));

describe('the address of a search', () => {
  const full: Asked = {
    ...{ query: '+49 30/12&34=5#<b>', within: '', from: '2026-11-21T09:00Z', to: '2026-11-21T10:00:30Z' },
    ...{ outcomes: ['busy', 'failed'], node: 'fs 1&x', trunk: '[2001:db8::1]', tenant: 'acme "b"', live: false },
  };

  test.each([
    NEWEST,
    full,
    { ...NEWEST, query: 'a#b', within: '1h', live: true },
    { ...full, to: '', live: true },
  ] as const)('holds all of %j and gives it back', (asked) => {
    const url = new URL(searchAddress(asked), 'http://host');
    expect(url.hash).toBe('');
    expect(readRoute(url.pathname, url.search)).toEqual({ page: 'search', asked });
  });

  test('is as short as what is asked', () => {
    expect(searchAddress(NEWEST)).toBe('/');
    expect(searchAddress({ ...NEWEST, live: true })).toBe('/?live=on');
    expect(isNarrowed({ ...NEWEST, live: true })).toBe(false);
    expect(isNarrowed({ ...NEWEST, node: 'fs1' })).toBe(true);
  });

  test('that somebody wrote wrongly asks for what is left of it', () => {
    expect(read('within=banana&outcome=busy,banana&from=yesterday&to=1&live=yes')).toEqual({
      ...NEWEST,
      outcomes: ['busy'],
    });
    expect(read(`node=${'x'.repeat(9999)}`).node).toHaveLength(256);
    // Times of its own go before a span, and what has an end is not followed.
    expect(read('within=1h&to=2026-11-21T10:00Z&live=on')).toEqual({ ...NEWEST, to: '2026-11-21T10:00Z' });
  });

  test('with a time of its own begins with the last hour, from a full minute', () => {
    expect(withOwnTime({ ...NEWEST, within: '7d' }, Date.UTC(2026, 10, 21, 10, 0, 59))).toEqual({
      ...NEWEST,
      from: '2026-11-21T09:00Z',
    });
  });
});

describe('the search request', () => {
  const ask = (...asked: Parameters<typeof searchApi>) => {
    const url = new URL(searchApi(...asked), 'http://host');
    expect(url.pathname).toBe('/api/search');
    return Object.fromEntries(url.searchParams);
  };

  test('looks back from now, and to just after the oldest call that is listed', () => {
    const beforeUs = Date.UTC(2026, 10, 21, 9, 30) * 1000 + 1;
    expect(ask({ ...NEWEST, query: 'a+b', within: '1h' }, Date.UTC(2026, 10, 21, 10), { beforeUs })).toEqual({
      ...{ q: 'a+b', limit: '50', tries: 'true' },
      ...{ from: '2026-11-21T09:00:00.000Z', to: '2026-11-21T09:30:00.001Z' },
    });
  });

  test('leaves every filter to the store, and says when the page asks by itself', () => {
    const asked = {
      ...NEWEST,
      to: '2026-11-21T10:00Z',
      outcomes: ['busy', 'failed'],
      node: 'fs1',
      trunk: 't',
      tenant: 'a',
    } as const;
    expect(ask(asked, 0, { again: true })).toEqual({
      ...{ q: '', limit: '50', tries: 'true', to: '2026-11-21T10:00Z', outcome: 'busy,failed' },
      ...{ node: 'fs1', trunk: 't', tenant: 'a', live: 'true' },
    });
  });

  test('without a limit in time names none', () => {
    expect(ask(NEWEST, 0)).toEqual({ q: '', limit: '50', tries: 'true' });
  });
});
