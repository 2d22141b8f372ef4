import { describe, expect, it } from 'vitest';
import { createHostNames, hostKeyProblem } from '../../../core/model/host-names.ts';

describe('names of hosts', () => {
  const names = createHostNames({
    '192.0.2.10': 'edge1',
    '192.0.2.10:5080': 'edge1-external',
    '192.0.2.10:5060-5090': 'edge1-sip',
    '10.0.0.0/8': 'somewhere',
    '10.1.0.0/16': 'office',
    '10.1.2.0/24:5060': 'office-sip',
    '2001:db8::/32': 'v6',
    '[2001:db8::1]:5060': 'v6-sip',
    'hep 201': 'fs1',
    'proxy.example': 'proxy',
  });
  const of = (ip: string, port = 0) => names.of(ip, port)?.name;

  it.each([
    ['192.0.2.10', 0, 'edge1'],
    ['192.0.2.10', 7000, 'edge1'],
    ['192.0.2.10', 5080, 'edge1-external'],
    ['192.0.2.10', 5061, 'edge1-sip'],
    ['10.9.9.9', 5060, 'somewhere'],
    ['10.1.9.9', 5060, 'office'],
    ['10.1.2.9', 5060, 'office-sip'],
    ['10.1.2.9', 5061, 'office'],
    ['2001:db8::7', 5060, 'v6'],
    ['2001:db8::1', 5060, 'v6-sip'],
    ['2001:DB8:0::1', 5060, 'v6-sip'],
    ['proxy.example', 5060, 'proxy'],
    ['192.0.2.11', 5060, undefined],
    ['not an address', 0, undefined],
    ['__proto__', 0, undefined],
  ])('%s port %d is %s: what says most exactly which host it is counts', (ip, port, name) => {
    expect(of(ip, port)).toBe(name);
  });

  it('are found by the capture id of a sensor as well', () => {
    expect(names.ofSensor('hep 201')).toBe('fs1');
    expect(names.ofSensor('hep 2010')).toBeUndefined();
  });

  it.each([
    ['10.0.0.0/33', 'a prefix has at most 32 bits'],
    ['192.0.2.1:70000', 'a port is at most 65535'],
    ['192.0.2.1:5090-5060', 'the first port of a range is the smaller one'],
    ['proxy.example/24', 'only an IP address can be followed by "/" and a length'],
    ['what is this', 'must be an address'],
    ['', 'must be an address'],
  ])('%j is a mistake, and said so', (key, words) => {
    expect(hostKeyProblem(key)).toContain(words);
  });

  it.each([
    '192.0.2.1',
    '[::1]:5060',
    '::1',
    'fd00::/8',
    '10.0.0.0/24',
    'edge1.example:5060',
    'HEP 7',
    '192.0.2.10:5060-5090',
  ])('%s is a key', (key) => {
    expect(hostKeyProblem(key)).toBeUndefined();
  });
});
