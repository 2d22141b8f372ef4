import { describe, expect, it } from 'vitest';
import { isSecretName, mayHoldSecrets, withoutSecrets } from '../../../collector/esl/secrets.ts';

describe('isSecretName', () => {
  it.each([
    'variable_sip_auth_password',
    'variable_sip_auth_username',
    'sip_auth_realm',
    'User-Password',
    'variable_vm-password',
    'esl-password',
    'variable_a1-hash',
    'variable_sip_h_Authorization',
  ])('knows %s as one', (name) => expect(isSecretName(name)).toBe(true));

  it.each(['variable_sip_authorized', 'auth-result', 'variable_bypass_media', 'Unique-ID', 'variable_sip_call_id'])(
    'leaves %s alone',
    (name) => expect(isSecretName(name)).toBe(false),
  );
});

describe('withoutSecrets', () => {
  it.each([
    ['EXECUTE [depth=0] set(sip_auth_password=s3cret)', 'EXECUTE [depth=0] set(sip_auth_password=***)'],
    ['{sip_auth_username=a,sip_auth_password=s3cret}sofia/x', '{sip_auth_username=a,sip_auth_password=***}sofia/x'],
    ['SET [sip_auth_password]=[s3 cret] done', 'SET [sip_auth_password]=*** done'],
    ['{"vm-password":"12 34","x":1}', '{"vm-password":***,"x":1}'],
    ['<param name="password" value="12 34"/>', '<param name="password" value=***/>'],
    ["Password: 's3 cret' ok", 'Password: *** ok'],
    ['a1-hash=00ff00', 'a1-hash=***'],
  ])('hides the value in %s', (text, expected) => expect(withoutSecrets(text)).toBe(expected));

  it('leaves other text as it is', () => {
    const text = 'SIP auth challenge (INVITE) on sofia profile; v=0 a=rtpmap:0 PCMU/8000 [wrong password]';
    expect(withoutSecrets(text)).toBe(text);
  });

  it('takes no longer for text made to be slow', () => {
    const text = 'password'.repeat(20_000) + "password='".repeat(20_000);
    expect(withoutSecrets(text)).toContain('***');
  });
});

describe('mayHoldSecrets', () => {
  const words = ['password', 'passwd', 'passphrase', 'a1-hash', 'sip_auth_realm', 'Authorization', '\\u0070assword'];
  it.each(words)('finds %s in any case, wherever it stands', (word) => {
    for (const text of [word, word.toLowerCase(), word.replace('\\u', '\\U') === word ? word.toUpperCase() : word]) {
      for (let at = 0; at < 40; at += 1) expect(mayHoldSecrets(Buffer.from(`${'x'.repeat(at)}${text}`))).toBe(true);
    }
  });

  it('lets everything else pass', () => {
    for (const text of ['', 's', '{"variable_sip_authorized":"true","class":"with h-h Ss \\n U"}', 'ß\\']) {
      expect(mayHoldSecrets(Buffer.from(text))).toBe(false);
    }
  });
});
