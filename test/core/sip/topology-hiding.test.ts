import { describe, expect, it } from 'vitest';
import { createUnmask, unmaskKamailio, unmaskOpensips } from '../../../core/sip/topology-hiding.ts';

describe('a disguised Call-ID', () => {
  it('of OpenSIPS 3.6.8 (topology_hiding "C") is read with the password', () => {
    const unmask = unmaskOpensips('THCID_', 'lab_th_secret');
    expect(unmask('THCID_XVdTZk1abl5cAhFWRF0hU21DRm9dVE1DVA--')).toBe('1619921-9ac301@127.0.1.11');
    expect(unmask('THCID_VFhWOhENPkJIBUoGTUFVUmtBRT4XBwVfXBFeVlNsQgo8EAEB')).toBe(
      '894eeea1-f8c9-4045-adbf-9e27136bccdb',
    );
  });

  // Written by Kamailio 5.6.3 with topoh, mask_callid 1, for the three Call-IDs below.
  it.each([
    ['s3cret-Kéy_42', ['!!:WGlH-FbMAVcY3jgV-OkyWGaK3iR*', '!!:hZ**', '!!:AFWnPFDMAXVpWGAxAeSZAFIj-HZsAXynAw**']],
    ['another-key-xyz9', ['!!:eNx1OLV2EP8tcSAPOrGJeNyac9p*', '!!:f.**', '!!:ELeBRL72EsPTeNEjEuH.ELgSO1.wEsJBEQ**']],
  ])('of Kamailio 5.6.3 (topoh, mask_callid) is read with the key %s', (key, masked) => {
    expect(masked.map(unmaskKamailio('!!:', key))).toEqual(['abc-123@host.example', 'x', '1619921-9ac301@127.0.1.11']);
  });

  it('is left alone when it is not one: another prefix, other letters, or a wrong secret that gives no text', () => {
    const unmask = createUnmask([
      { kind: 'opensips', prefix: 'THCID_', secret: 'wrong' },
      { kind: 'kamailio', prefix: '!!:', secret: 'wrong' },
    ]);
    for (const callId of [
      'a@h',
      'THCID_',
      'THCID_é',
      '!!:',
      '!!:~~~~',
      'THCID_XVdTZk1abl5cAhFWRF0hU21DRm9dVE1DVA--',
      '',
    ]) {
      expect(unmask(callId)).toBeUndefined();
    }
  });
});
