import { describe, expect, it } from 'vitest';
import type { SipFlaw } from '../../../core/sip/flaw.ts';
import { readSip, type SipParty } from '../../../core/sip/read.ts';
import { crashers, rfc4475, rfc4475Names } from './fixtures.ts';

/** "user@host;tag", as the tables below write a party. */
const short = ({ user, host, tag }: SipParty): string => `${user}@${host};${tag}`;

/** name, method or status, Call-ID, CSeq, From, To: read off the messages in RFC 4475 §3.1.1. */
const VALID: readonly (readonly [string, string | number, string, string, string, string])[] = [
  [
    'dblreq',
    'REGISTER',
    'dblreq.0ha0isndaksdj99sdfafnl3lk233412',
    '8 REGISTER',
    'j.user@example.com;43251j3j324',
    'j.user@example.com;',
  ],
  [
    'esc01',
    'INVITE',
    'esc01.239409asdfakjkn23onasd0-3234',
    '234234 INVITE',
    'I have spaces@example.net;938',
    'user@example.com;',
  ],
  [
    'esc02',
    'RE%47IST%45R',
    'esc02.asdfnqwo34rq23i34jrjasdcnl23nrlknsdf',
    '29344 RE%47IST%45R',
    'resource@example.com;f232jadfj23',
    'resource@example.com;',
  ],
  [
    'escnull',
    'REGISTER',
    'escnull.39203ndfvkjdasfkq3w4otrq0adsfdfnavd',
    '14398234 REGISTER',
    'null-\0-null@example.com;839923423',
    'null-\0-null@example.com;',
  ],
  [
    'intmeth',
    "!interesting-Method0123456789_*+`.%indeed'~",
    'intmeth.word%ZK-!.*_+\'@word`~)(><:\\/"][?}{',
    "139122385 !interesting-Method0123456789_*+`.%indeed'~",
    "mundane@example.com;_token~1'+`*%!-.",
    "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*@example.com;",
  ],
  [
    'longreq',
    'INVITE',
    `longreq.one${'really'.repeat(20)}longcallid`,
    '3882340 INVITE',
    `${'amazinglylongcallername'.repeat(5)}@example.net;${'12'}${'982'.repeat(50)}424`,
    'user@example.com;',
  ],
  [
    'lwsdisp',
    'OPTIONS',
    'lwsdisp.1234abcd@funky.example.com',
    '60 OPTIONS',
    'caller@example.com;323',
    'user@example.com;',
  ],
  [
    'mpart01',
    'MESSAGE',
    '3d9485ad0c49859b@Zmx1ZmZ5LW1hYy0xNi5sb2NhbA..',
    '1 MESSAGE',
    'fluffy@example.com;2fb0dcc9',
    'kumiko@example.org;',
  ],
  [
    'noreason',
    100,
    'noreason.asndj203insdf99223ndf',
    '35 INVITE',
    'user@example.com;39ansfi3',
    'user@example.edu;902jndnke3',
  ],
  ['semiuri', 'OPTIONS', 'semiuri.0ha0isndaksdj', '8 OPTIONS', 'caller@example.org;33242', 'j_user@example.com;'],
  [
    'transports',
    'OPTIONS',
    'transports.kijh4akdnaqjkwendsasfdj',
    '60 OPTIONS',
    'caller@example.com;323',
    'user@example.com;',
  ],
  [
    'unreason',
    200,
    'unreason.1234ksdfak3j2erwedfsASdf',
    '35 INVITE',
    'user@example.com;11141343',
    'user@example.edu;2229',
  ],
  [
    'wsinv',
    'INVITE',
    'wsinv.ndaksdj@192.0.2.1',
    '9 INVITE',
    'jdrosen@example.com;98asjd8',
    'vivekg@chair-dnrc.example.com;1918181833n',
  ],
];

/** The same of RFC 4475 §3.1.2 to §3.4, with the flaw. Without one: well formed, and invalid to a user agent only. */
const INVALID: readonly (readonly [string, SipFlaw, string | number, string, string, string, string])[] = [
  [
    'badaspec',
    'bad_address',
    'OPTIONS',
    'badaspec.sdf0234n2nds0a099u23h3hnnw009cdkne3',
    '3923239 OPTIONS',
    'a.g.bell@example.com;433423',
    't.watson@example.org;',
  ],
  [
    'badbranch',
    'bad_via',
    'OPTIONS',
    'badbranch.sadonfo23i420jv0as0derf3j3n',
    '8 OPTIONS',
    'caller@example.org;33242',
    'user@example.com;',
  ],
  [
    'baddate',
    '',
    'INVITE',
    'baddate.239423mnsadf3j23lj42--sedfnm234',
    '1392934 INVITE',
    'caller@example.net;2234923',
    'user@example.com;',
  ],
  [
    'baddn',
    'truncated_header',
    'OPTIONS',
    'baddn.31415@c.example.com',
    '3923239 OPTIONS',
    'a.g.bell@example.com;43',
    't.watson@example.org;',
  ],
  [
    'badinv01',
    'bad_address',
    'INVITE',
    'badinv01.0ha0isndaksdjasdf3234nas',
    '8 INVITE',
    'caller@example.net;134161461246',
    'j.user@example.com;',
  ],
  [
    'badvers',
    'bad_version',
    'OPTIONS',
    'badvers.31417@c.example.com',
    '1 OPTIONS',
    'a.g.bell@example.com;qweoiqpe',
    't.watson@example.org;',
  ],
  [
    'bcast',
    '',
    200,
    'bcast.0384840201234ksdfak3j2erwedfsASdf',
    '35 INVITE',
    'user@example.com;11141343',
    'user@example.edu;2229',
  ],
  ['bext01', '', 'OPTIONS', 'bext01.0ha0isndaksdj', '8 OPTIONS', 'caller@example.net;242etr', 'j_user@example.com;'],
  [
    'bigcode',
    'bad_start_line',
    0,
    'bigcode.asdof3uj203asdnf3429uasdhfas3ehjasdfas9i',
    '353494 INVITE',
    'user@example.com;39ansfi3',
    'user@example.edu;902jndnke3',
  ],
  [
    'clerr',
    'truncated_body',
    'INVITE',
    'clerr.0ha0isndaksdjweiafasdk3',
    '8 INVITE',
    'caller@example.net;93942939o2',
    'j.user@example.com;',
  ],
  [
    'cparam01',
    '',
    'REGISTER',
    'cparam01.70710@saturn.example.com',
    '2 REGISTER',
    'watson@example.com;DkfVgjkrtMwaerKKpe',
    'watson@example.com;',
  ],
  [
    'cparam02',
    '',
    'REGISTER',
    'cparam02.70710@saturn.example.com',
    '3 REGISTER',
    'watson@example.com;838293',
    'watson@example.com;',
  ],
  [
    'escruri',
    '',
    'INVITE',
    'escruri.23940-asdfhj-aje3br-234q098w-fawerh2q-h4n5',
    '149209342 INVITE',
    'caller@example.net;341518',
    'user@example.com;',
  ],
  ['insuf', 'no_call_id', 'INVITE', '', '193942 INVITE', '@;', '@;'],
  [
    'inv2543',
    '',
    'INVITE',
    'inv2543.1717@ift.client.example.com',
    '56 INVITE',
    '+13035551111@ift.client.example.net;',
    '+16505552222@ss1.example.net;',
  ],
  [
    'invut',
    '',
    'INVITE',
    'invut.0ha0isndaksdjadsfij34n23d',
    '235448 INVITE',
    'caller@example.net;8392034',
    'j.user@example.com;',
  ],
  [
    'ltgtruri',
    'bad_start_line',
    'INVITE',
    'ltgtruri.1@192.0.2.5',
    '1 INVITE',
    'caller@example.net;39291',
    'user@example.com;',
  ],
  [
    'lwsruri',
    'bad_start_line',
    'INVITE',
    'lwsruri.asdfasdoeoi2323-asdfwrn23-asd834rk423',
    '2130706432 INVITE',
    'caller@example.net;231413434',
    'user@example.com;3xfe-9921883-z9f',
  ],
  [
    'lwsstart',
    'bad_start_line',
    'INVITE',
    'lwsstart.dfknq234oi243099adsdfnawe3@example.com',
    '1893884 INVITE',
    'caller@example.net;8814',
    'user@example.com;',
  ],
  [
    'mcl01',
    'duplicate_header',
    'OPTIONS',
    'mcl01.fhn2323orihawfdoa3o4r52o3irsdf',
    '15932 OPTIONS',
    'other@example.net;3923942',
    'user@example.com;',
  ],
  [
    'mismatch01',
    'cseq_mismatch',
    'OPTIONS',
    'mismatch01.dj0234sxdfl3',
    '8 INVITE',
    'caller@example.net;34525',
    'j.user@example.com;',
  ],
  [
    'mismatch02',
    'cseq_mismatch',
    'NEWMETHOD',
    'mismatch02.dj0234sxdfl3',
    '8 INVITE',
    'caller@example.net;34525',
    'j.user@example.com;',
  ],
  [
    'multi01',
    'duplicate_header',
    'INVITE',
    'multi01.98asdh@192.0.2.1',
    '5 INVITE',
    'caller@example.com;3413415',
    'user@example.com;',
  ],
  [
    'ncl',
    'bad_length',
    'INVITE',
    'ncl.0ha0isndaksdj2193423r542w35',
    '0 INVITE',
    'caller@example.net;32394234',
    'j.user@example.com;',
  ],
  [
    'novelsc',
    '',
    'OPTIONS',
    'novelsc.asdfasser0q239nwsdfasdkl34',
    '3923423 OPTIONS',
    'caller@example.net;384',
    'user@example.com;',
  ],
  ['quotbal', 'bad_address', 'INVITE', 'quotbal.aksdj', '8 INVITE', 'caller@example.net;93334', 'j.user@example.com;'],
  [
    'regaut01',
    '',
    'REGISTER',
    'regaut01.0ha0isndaksdj',
    '9338 REGISTER',
    'j.user@example.com;87321hj23128',
    'j.user@example.com;',
  ],
  [
    'regbadct',
    'bad_address',
    'REGISTER',
    'regbadct.k345asrl3fdbv@10.0.0.1',
    '1 REGISTER',
    'user@example.com;998332',
    'user@example.com;',
  ],
  [
    'regescrt',
    '',
    'REGISTER',
    'regescrt.k345asrl3fdbv@192.0.2.1',
    '14398234 REGISTER',
    'user@example.com;8',
    'user@example.com;',
  ],
  [
    'scalar02',
    'bad_cseq',
    'REGISTER',
    'scalar02.23o0pd9vanlq3wnrlnewofjas9ui32',
    '0 REGISTER',
    'user@example.com;239232jh3',
    'user@example.com;',
  ],
  [
    'scalarlg',
    'bad_cseq',
    503,
    'scalarlg.noase0of0234hn2qofoaf0232aewf2394r',
    '0 OPTIONS',
    'other@example.net;2easdjfejw',
    'user@example.com;',
  ],
  ['sdp01', '', 'INVITE', 'sdp01.ndaksdj9342dasdd', '8 INVITE', 'caller@example.net;234', 'j_user@example.com;'],
  ['test', 'bad_start_line', 'INVITE', 'test.0ha0isndaksdj@192.0.2.1', '0 ', 'ralph@example.com;', 'alan@jasomi.com;'],
  [
    'trws',
    'bad_start_line',
    'OPTIONS',
    'trws.oicu34958239neffasdhr2345r',
    '238923 OPTIONS',
    'local-resource@example.com;329429089',
    'remote-target@example.com;',
  ],
  [
    'unkscm',
    '',
    'OPTIONS',
    'unkscm.nasdfasser0q239nwsdfasdkl34',
    '3923423 OPTIONS',
    'caller@example.net;384',
    'user@example.com;',
  ],
  ['unksm2', '', 'REGISTER', 'unksm2.daksdj@hyphenated-host.example.com', '234902 REGISTER', '@;3234233', '@;'],
  [
    'zeromf',
    '',
    'OPTIONS',
    'zeromf.jfasdlfnm2o2l43r5u0asdfas',
    '39234321 OPTIONS',
    'caller@example.net;3ghsd41',
    'user@example.com;',
  ],
];

const read = (kind: 'valid' | 'invalid', name: string): readonly unknown[] => {
  const message = readSip(rfc4475(kind, name));
  const start = message.request ? message.method : message.status;
  const cseq = `${message.cseq} ${message.cseqMethod}`;
  return [name, message.flaw, start, message.callId, cseq, short(message.from), short(message.to)];
};

describe('RFC 4475', () => {
  it('is here in full', () => {
    expect(VALID.map(([name]) => name)).toEqual(rfc4475Names('valid'));
    expect(INVALID.map(([name]) => name)).toEqual(rfc4475Names('invalid'));
    expect([VALID.length, INVALID.length]).toEqual([13, 37]);
  });

  it.each(VALID)('reads the valid %s without a flaw', (name, ...expected) => {
    expect(read('valid', name)).toEqual([name, '', ...expected]);
  });

  it.each(INVALID)('reads of the invalid %s what can be read, flaw "%s"', (name, ...expected) => {
    expect(read('invalid', name)).toEqual([name, ...expected]);
  });

  it('unquotes names, and leaves escapes in them alone', () => {
    expect(readSip(rfc4475('valid', 'wsinv')).from.display).toBe('J Rosenberg \\"');
    expect(readSip(rfc4475('valid', 'intmeth')).to.display).toBe('BEL:\x07 NUL:\0 DEL:\x7f');
    expect(readSip(rfc4475('valid', 'esc02')).from.display).toBe('%Z%45');
    expect(readSip(rfc4475('valid', 'lwsdisp')).from.display).toBe('caller');
  });

  it('reads the top Via through white space, folds and the lack of a branch', () => {
    expect(readSip(rfc4475('valid', 'wsinv')).via).toMatchObject({
      transport: 'UDP',
      host: '192.0.2.2',
      branch: '390skdjuw',
    });
    expect(readSip(rfc4475('valid', 'longreq')).via).toMatchObject({
      transport: 'TCP',
      host: 'sip33.example.com',
      branch: '',
    });
    expect(readSip(rfc4475('valid', 'longreq')).header('via')).toHaveLength(34);
  });

  it('finds the user of a Request-URI that holds ";", "?", ":" and an escaped "@"', () => {
    expect(readSip(rfc4475('valid', 'semiuri'))).toMatchObject({
      uriUser: 'user;par=u@example.net',
      uriHost: 'example.com',
    });
    expect(readSip(rfc4475('valid', 'esc01'))).toMatchObject({
      uriUser: 'sips:user@example.com',
      uriHost: 'example.net',
    });
    expect(readSip(rfc4475('valid', 'intmeth')).uriUser).toBe("1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*");
  });
});

describe('inputs that crashed another parser', () => {
  const read = [...crashers()].map(([file, bytes]) => [file, readSip(bytes)] as const);

  it('are here in full', () => {
    expect(read).toHaveLength(8);
  });

  it.each(read)('%s is a value with a flaw', (_file, message) => {
    expect(message.flaw).toBe('bad_start_line');
    expect(message.method).toBe('0');
    expect(message.callId).toBe('');
    expect(message.header('t').concat(message.header('v'), message.header('m'))).toHaveLength(
      message.uri === 's' ? 0 : 1,
    );
  });
});
