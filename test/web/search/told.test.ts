import { expect, test } from 'vitest';
import { ROLES } from '../../../core/model/roles.ts';
import { formsOf, triesText } from '../../../web/search/told.ts';

test('a form is told once for each part that it played, with all places', () => {
  expect(
    formsOf([
      { written: '+49 30 610', in: ['from', 'p-asserted-identity', 'caller'] },
      { written: '004930610', in: ['to', 'request', 'destination', 'diversion'] },
    ]),
  ).toEqual([
    { as: 'caller', written: '+49 30 610', places: 'From, P-Asserted-Identity, channel' },
    { as: 'called', written: '004930610', places: 'To, Request-URI, channel' },
    { as: 'diverted by', written: '004930610', places: 'Diversion' },
  ]);
});

test.each(ROLES)('the place "%s" has words', (role) => {
  const [form] = formsOf([{ written: 'x', in: [role] }]);
  expect(form?.as).not.toBe('found');
});

test.each([
  [1, 3, '10:00:00', '1st of 3 tries'],
  [2, 3, '10:00:40', '2nd try within 40 s'],
  [3, 3, '10:01:40', '3rd try within 1 min 40 s'],
  [11, 12, '10:02:00', '11th try within 2 min 00 s'],
])('try %i of %i is told as such', (number, total, at, text) => {
  const tries = { number, total, since: '2026-11-21T10:00:00.000000Z', before: null };
  expect(triesText({ tries, startedAt: `2026-11-21T${at}.000000Z` })).toBe(text);
  expect(triesText({ tries: null, startedAt: null })).toBe('');
});
