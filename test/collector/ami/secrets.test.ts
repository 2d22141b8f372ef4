import { describe, expect, it } from 'vitest';
import { withoutSecretHeaders } from '../../../collector/ami/secrets.ts';
import { packetOf } from './fixtures.ts';

const clean = (...lines: string[]): object => ({ ...withoutSecretHeaders(packetOf(lines.join('\r\n')).headers) });

describe('withoutSecretHeaders', () => {
  it.each(['Secret', 'AuthenticationDetail', 'X-Password', 'ReceivedChallenge', 'ExpectedResponse', 'api_key'])(
    'leaves %s out',
    (key) => expect(clean('Event: A', `${key}: s3cret`)).toEqual({ Event: 'A' }),
  );

  it.each([
    'SIPPASSWORD',
    'VM_PASSWD',
    'trunk_secret',
    'PIN',
    'AGENT_PIN',
    'oauth_token',
    'passcode',
    'SIP_HEADER_Authorization',
  ])('hides the value of the variable %s, wherever it is said', (name) => {
    expect(clean('Event: VarSet', `Variable: ${name}`, 'Value: s3 cret')).toMatchObject({ Value: '***' });
    const said = clean(
      'Event: Newexten',
      `ChanVariable: ${name}=s3 cret`,
      `DestChanVariable: ${name}=s3 cret`,
      'Application: Set',
      `AppData: ${name}=s3 cret`,
    );
    const hidden = `${name}=***`;
    expect(said).toMatchObject({ ChanVariable: hidden, DestChanVariable: hidden, AppData: hidden });
  });

  it('hides only the secret ones of several variables', () => {
    expect(clean('Event: A', 'ChanVariable: SIPCALLID=a@b', 'ChanVariable: secret=x')).toMatchObject({
      ChanVariable: ['SIPCALLID=a@b', 'secret=***'],
    });
  });

  it.each(['Authenticate', 'VMAuthenticate', 'DISA'])('hides the argument of %s', (application) => {
    expect(clean('Event: Newexten', `Application: ${application}`, 'AppData: 1234,j')).toMatchObject({
      AppData: '***',
    });
  });

  it('hides secrets in the middle of an argument', () => {
    const said = clean(
      'Event: Newexten',
      'Application: Macro',
      'AppData: login,secret=abc,pin=12,mapping=3,password=x',
    );
    expect(said).toMatchObject({ AppData: 'login,secret=***,pin=***,mapping=3,password=***' });
  });

  it('leaves everything else as it is', () => {
    const told = clean(
      'Event: VarSet',
      'Channel: PJSIP/pin-1',
      'Variable: BRIDGEPVTCALLID',
      'Value: 1619481-9ac301@127.0.1.11',
      'CallerIDName: Token Pin',
    );
    expect(told).toMatchObject({
      Value: '1619481-9ac301@127.0.1.11',
      CallerIDName: 'Token Pin',
      Channel: 'PJSIP/pin-1',
    });
  });

  it('takes no longer for text made to be slow', () => {
    const text = `${'secret'.repeat(15_000)}${'pin='.repeat(15_000)}`;
    expect(JSON.stringify(clean('Event: A', `AppData: ${text}`))).toContain('***');
  });
});
