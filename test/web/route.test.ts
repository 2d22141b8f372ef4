import { describe, expect, test } from 'vitest';
import { callAddress, callApi, compareAddress, readRoute } from '../../web/route.ts';

const keys = [
  'plain',
  'a@b.example',
  'conf/3000 at 50%@fs1',
  '?q=#x',
  '100%',
  'ä™🙂',
  '+49 30',
  '<script>\'"&',
  'a\\b',
];

describe('addresses', () => {
  test.each(keys)('a call with the key %j has an address that leads back to it', (key) => {
    const url = new URL(callAddress(key), 'http://host');
    expect(url.search + url.hash).toBe('');
    expect(readRoute(url.pathname, url.search)).toMatchObject({ page: 'call', key });
  });

  test.each(keys)('the key %j is one path segment of the API', (key) => {
    const url = new URL(callApi(key, '/ladder'), 'http://host');
    expect(url.pathname.split('/')).toHaveLength(5);
    expect(decodeURIComponent(url.pathname.split('/')[3]!)).toBe(key);
  });

  test('half of a surrogate pair in a Call-ID does not stop the page', () => {
    expect(callAddress('x\ud800y')).toBe('/calls/x%EF%BF%BDy');
  });

  test('a hand-made address that is not encoded is taken as it stands', () => {
    expect(readRoute('/calls/100%', '')).toMatchObject({ page: 'call', key: '100%' });
  });

  test.each(keys)('a comparison of the call with the key %j has an address, with another call and without', (key) => {
    const url = new URL(compareAddress(key), 'http://host');
    expect(readRoute(url.pathname, '')).toEqual({ page: 'compare', key });
    expect(readRoute(`${url.pathname}/x%2Fy`, '')).toEqual({ page: 'compare', key, other: 'x/y' });
  });

  test('any other path is no page', () => {
    for (const path of ['/calls/', '/call/x', '/index.html']) expect(readRoute(path, '')).toEqual({ page: 'unknown' });
  });
});
