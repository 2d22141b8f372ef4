import { describe, expect, it } from 'vitest';
import { parseParties, parseParty } from '../../../core/sip/party.ts';

describe('parseParty', () => {
  it.each([
    [
      '"A \\"q\\" B" <sip:u:secret@h:5080;x=y>;tag=t',
      { display: 'A "q" B', user: 'u', host: 'h', port: 5080, tag: 't' },
    ],
    ['A B <sips:u@[::1]:5061>', { display: 'A B', user: 'u', host: '::1', port: 5061, tag: '' }],
    ['sip:u@h;tag=t;x', { display: '', uri: 'sip:u@h', user: 'u', host: 'h', tag: 't' }],
    ['<sip:u@h;tag=uri>;tag=header', { uri: 'sip:u@h;tag=uri', tag: 'header' }],
    ['<sip:h.example>', { user: '', host: 'h.example' }],
    ['SIP:h.example:70000', { user: '', host: 'h.example', port: 0 }],
    ['<tel:7042;phone-context=example.com>', { user: '7042', host: '' }],
    ['"a" <sip:u@h>;x="; tag=no \\" ";tag=yes', { tag: 'yes' }],
    ['"open <sip:u@h>;tag=t', { display: '', user: 'u', host: 'h', tag: 't' }],
    ['Dept:Sales <sip:u@h>', { display: 'Dept:Sales', user: 'u', host: 'h' }],
    ['u@h', { user: 'u', host: 'h' }],
    ['<urn:service:sos>', { uri: 'urn:service:sos', user: '', host: '' }],
    ['<sip:u@h', { uri: 'sip:u@h', user: 'u', host: 'h' }],
    ['', { uri: '', user: '', host: '', display: '', tag: '' }],
  ])('reads %s', (value, expected) => {
    expect(parseParty(value)).toMatchObject(expected);
  });

  it('takes a list apart at the commas that part it', () => {
    const users = (value: string): string[] => parseParties(value).map(({ user }) => user);
    expect(users('"a, b" <sip:1@h;x=",">, <tel:2>,sip:3@h;q=1 , , "\\"," <sip:4,5@h>')).toEqual(['1', '2', '3', '4,5']);
    expect(users('')).toEqual([]);
  });
});
