import { expect, test } from 'vitest';
import { understood } from '../../../web/search/understand.ts';

test.each([
  ['+49 (30) 1234-5', 'a phone number with the digits 493012345'],
  ['201', 'a phone number with the digits 201'],
  ['10.0.0.5', 'an IP address, 10.0.0.5'],
  ['2001:db8::1', 'an IP address, 2001:db8::1'],
  ['999.0.0.5', 'a phone number with the digits 999005'],
  ['7b1f3a52-8f0e-4c7e-9d0a-4f2b6f1c9a01', 'a channel UUID or a Call-ID, compared as a whole'],
  ['sip:anna@example.net', 'a SIP address with the user part anna'],
  ['843a7c1e@198.51.100.20', 'a Call-ID, compared as a whole'],
  ['ZTkyNjQ4YjQ5ZTc0MDAxMjM0', 'a Call-ID, compared as a whole'],
  ['Anna Example', 'a name or the user part of an address, Anna Example'],
])('%j looks like %s', (query, words) => expect(understood(query)).toBe(words));
