import { describe, expect, test } from 'vitest';
import { hepTarget } from '../../../web/search/hep-target.ts';

describe('where SIP servers are told to send', () => {
  test.each([
    ['listens on 0.0.0.0:9060', 'trail.example', '9060'],
    ['listening on [::]:9999/udp', 'trail.example', '9999'],
    ['udp :::9061', 'trail.example', '9061'],
    ['listens on 192.0.2.10:9060', '192.0.2.10', '9060'],
    ['listens on [2001:db8::1]:9060', '[2001:db8::1]', '9060'],
    ['', 'trail.example', '9060'],
  ])('%j is %s, port %s', (detail, host, port) => {
    expect(hepTarget(detail, 'trail.example')).toEqual({ host, port, loopbackOnly: false });
  });

  test('a listener on loopback is told apart: nothing from another machine arrives', () => {
    expect(hepTarget('listens on 127.0.0.1:9060', 'trail.example').loopbackOnly).toBe(true);
    expect(hepTarget('listens on [::1]:9060', 'trail.example').loopbackOnly).toBe(true);
  });
});
