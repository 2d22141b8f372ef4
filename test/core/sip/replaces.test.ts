import { describe, expect, it } from 'vitest';
import { parseReplaces } from '../../../core/sip/replaces.ts';

describe('parseReplaces', () => {
  it('reads a Replaces header', () => {
    expect(parseReplaces('425928@bobster.example.org;to-tag=7743;from-tag=6472;early-only')).toEqual({
      callId: '425928@bobster.example.org',
      toTag: '7743',
      fromTag: '6472',
    });
    expect(parseReplaces(' a ; FROM-TAG = 1 ; to-tag=2 ')).toEqual({ callId: 'a', toTag: '2', fromTag: '1' });
    expect(parseReplaces('a')).toEqual({ callId: 'a', toTag: '', fromTag: '' });
  });

  it('reads the escaped one inside a Refer-To, as a recorded phone sent it', () => {
    const referTo =
      '<sip:+14155551502@127.0.0.10?Replaces=34afabfc56a2c647-1501%40127.0.0.51%3Bto-tag%3D54Q7BDt47184B%3Bfrom-tag%3Dd842849b>';
    const dialog = { callId: '34afabfc56a2c647-1501@127.0.0.51', toTag: '54Q7BDt47184B', fromTag: 'd842849b' };
    expect(parseReplaces(referTo)).toEqual(dialog);
    expect(parseReplaces(referTo.replace('?', '?Require=replaces&').replace('>', '&X=1>'))).toEqual(dialog);
    expect(parseReplaces(`"Ann" ${referTo.replace('Replaces', 'replaces')}`)).toEqual(dialog);
    expect(parseReplaces('sip:a@b?Replaces=x%3Bto-tag%3D1%3Bfrom-tag%3D2')).toMatchObject({ callId: 'x' });
  });

  it('gives nothing for a Refer-To without one, or for nothing', () => {
    expect(parseReplaces('<sip:+14155550593@127.0.0.10>')).toBeUndefined();
    expect(parseReplaces('sip:a@b;to-tag=1')).toBeUndefined();
    expect(parseReplaces('<sip:a@b?Subject=x>')).toBeUndefined();
    expect(parseReplaces('<sip:a@b?Replaces=>')).toBeUndefined();
    expect(parseReplaces('')).toBeUndefined();
  });
});
