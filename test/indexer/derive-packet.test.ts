import { describe, expect, it } from 'vitest';
import { openFrame } from '../../core/frame/reader.ts';
import { createFrameWriter } from '../../core/frame/writer.ts';
import { unmaskOpensips } from '../../core/sip/topology-hiding.ts';
import { createBatch } from '../../indexer/batch.ts';
import { derivePacket } from '../../indexer/derive-packet.ts';
import type { Derived } from '../../indexer/derived.ts';
import { createDialogOutlines } from '../../indexer/dialog-outlines.ts';
import { createLogColumns } from '../../indexer/log-columns.ts';
import { createMessageColumns } from '../../indexer/message-columns.ts';
import { NO_CORRELATION } from '../../indexer/options.ts';
import { createRegisterNotes } from '../../indexer/registrations/register-notes.ts';
import { publish, yealink } from '../core/media/telephone-reports.ts';
import { readBlock } from '../core/store/native.ts';
import { short, sipPacket } from './seen.ts';

const OPTIONS = {
  ...NO_CORRELATION,
  guesses: true,
  correlationHeaders: ['x-cid'],
  unmask: unmaskOpensips('THCID_', 'lab_th_secret'),
};

const invite = (extra = ''): string => `INVITE sip:02188889999@192.0.2.2 SIP/2.0
Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1
From: "Alice Cooper" <sip:+14155550101@192.0.2.1>;tag=t1
To: <sip:02188889999@192.0.2.2>
Call-ID: a@h
CSeq: 1 INVITE
${extra}Content-Length: 0

`;

/** One packet through the way that all packets take. */
function derive(text: string, over = {}) {
  const writer = createFrameWriter();
  writer.addSeen(sipPacket(text, over));
  const messages = createMessageColumns();
  const logs = createLogColumns();
  const outlines = createDialogOutlines();
  const registers = createRegisterNotes();
  const all: Derived[] = [];
  const derived = (one: Derived): void => void all.push(one);
  derivePacket(openFrame(writer.take()!), 0, OPTIONS, { messages, logs, outlines, registers, derived });
  return {
    edges: all.flatMap((derived) => [...derived.edges, ...derived.asides]),
    terms: all.flatMap((derived) => derived.terms),
    births: all.flatMap((derived) => derived.births),
    rows: [
      ...(messages.rows() === 0 ? [] : readBlock<'messages'>(messages.block())),
      ...(logs.rows() === 0 ? [] : readBlock<'logs'>(logs.block())),
    ],
    outlines: outlines.entries(),
  };
}
const edges = (text: string, over = {}): string[] => derive(text, over).edges.map(short);
const rows = (text: string, over = {}) => derive(text, over).rows;

describe('what a SIP message gives', () => {
  it('is one row with the identifiers that were read', () => {
    expect(rows(invite())).toMatchObject([
      {
        call_id: 'a@h',
        method: 'INVITE',
        status: 0,
        cseq: 1,
        reason: '',
      },
    ]);
    expect(derive(invite()).outlines).toMatchObject([
      {
        callId: 'a@h',
        outline: {
          named: {
            rank: 0,
            method: 'INVITE',
            from: { number: '+14155550101', name: 'Alice Cooper' },
            to: { number: '02188889999', name: '' },
            fromTag: 't1',
            src: '192.0.2.1:5060',
          },
        },
      },
    ]);
  });

  it('makes the first INVITE findable by number, name, and address', () => {
    const found = derive(invite()).terms.map(({ kind, value }) => `${kind} ${value}`);
    expect(found).toEqual(
      expect.arrayContaining(['number 14155550101', 'number 02188889999', 'name alice cooper', 'ip 192.0.2.1']),
    );
  });

  it('makes nothing findable by a keep-alive, an in-dialog request or a response', () => {
    const options = invite()
      .replaceAll('INVITE', 'OPTIONS')
      .replace('sip:02188889999@192.0.2.2 SIP', 'sip:192.0.2.2 SIP');
    expect(derive(options).terms).toEqual([]);
    expect(derive(invite().replace('To: <sip:02188889999@192.0.2.2>', '$&;tag=t2')).terms).toEqual([]);
    expect(derive(invite().replace(/^INVITE.*/, 'SIP/2.0 200 OK')).terms).toEqual([]);
  });

  it('makes the target of a transfer findable, which may never be called', () => {
    const refer = invite('Refer-To: <sip:+14155550599@h>\n').replaceAll('INVITE', 'REFER').replace('2.2>', '$&;tag=t2');
    expect(derive(refer).terms.map(({ kind, value }) => `${kind} ${value}`)).toContain('number 14155550599');
  });

  it('joins both dialogs of an attended transfer, by REFER and by INVITE', () => {
    const refer = invite('Refer-To: <sip:1002@h?Replaces=b%40h%3Bto-tag%3D1%3Bfrom-tag%3D2>\n').replaceAll(
      'INVITE',
      'REFER',
    );
    expect(edges(refer)).toEqual(['merge c:a@h > c:b@h (refer_replaces)']);
    expect(edges(invite('Replaces: b@h;to-tag=1;from-tag=2\n'))).toEqual(['merge c:a@h > c:b@h (invite_replaces)']);
  });

  it('takes a blind REFER for no join: the new leg will say who its parent is', () => {
    expect(edges(invite('Refer-To: <sip:1002@h>\n').replaceAll('INVITE', 'REFER'))).toEqual([]);
  });

  it('joins by the correlation id of the capture agent when it is another Call-ID', () => {
    expect(edges(invite(), { correlationId: 'inner@h' })).toEqual(['merge c:a@h > c:inner@h (hep_correlation)']);
    expect(edges(invite(), { correlationId: 'a@h' })).toEqual([]);
  });

  it('takes an Asterisk channel name for no call key, since a restarted Asterisk uses it again', () => {
    expect(edges(invite(), { correlationId: 'PJSIP/kam-00000000' })).toEqual([]);
  });

  it('joins by a header that the site carries from leg to leg', () => {
    expect(edges(invite('X-CID: first@h\n'))).toEqual(['merge c:a@h > v:first@h (site_header)']);
  });

  it('joins by identifiers that standards carry from leg to leg', () => {
    const session = 'ab30317f1a784dc48ff824d0d3715d86';
    const other = '47755a9de7794ba387653f2099600ef2';
    expect(edges(invite(`Session-ID: ${session};remote=${other}\n`))).toEqual([
      `merge c:a@h > v:${session} (session_id)`,
      `merge c:a@h > v:${other} (session_id)`,
    ]);
    expect(edges(invite(`Session-ID: ${session};remote=${'0'.repeat(32)}\n`))).toHaveLength(1);
    expect(edges(invite('P-Charging-Vector: orig-ioi=x;icid-value="1234bc9876e";icid-generated-at=h\n'))).toEqual([
      'merge c:a@h > v:1234bc9876e (icid)',
    ]);
    expect(edges(invite('User-to-User: 56a390f3d2b7310023a;encoding=hex\n'))).toEqual([
      'merge c:a@h > v:56a390f3d2b7310023a (user_to_user)',
    ]);
  });

  it('takes short user-to-user data for no name of a call', () => {
    expect(edges(invite('User-to-User: 04;encoding=hex\n'))).toEqual([]);
  });

  it('joins a leg whose caller is written as the UUID of a channel', () => {
    const uuid = 'cdb01a9c-4d26-42f0-ac47-ca901d904384';
    expect(edges(invite().replace('sip:+14155550101', `sip:${uuid}`))).toEqual([
      `merge c:a@h > v:${uuid} (caller_is_uuid)`,
    ]);
  });

  it('joins the two sides of a proxy that hides its topology, given the secret', () => {
    const masked = 'THCID_XVdTZk1abl5cAhFWRF0hU21DRm9dVE1DVA--';
    expect(edges(invite().replaceAll('a@h', masked))).toEqual([
      `merge c:${masked} > c:1619921-9ac301@127.0.1.11 (topology_hiding)`,
    ]);
  });

  it('stores each message of a TCP segment that holds several', () => {
    const both = rows(invite() + invite().replaceAll('INVITE', 'BYE').replace('CSeq: 1', 'CSeq: 2'));
    expect(both.map((row) => 'method' in row && row.method)).toEqual(['INVITE', 'BYE']);
    expect(new Set(both.map((row) => 'id' in row && row.id)).size).toBe(2);
  });

  it('keeps what is no SIP at all, with the reason', () => {
    expect(rows('\0\0garbage')).toMatchObject([{ call_id: '', method: '', status: 0, cseq: 0 }]);
    expect(rows('\0\0garbage').every((row) => 'reason' in row && row.reason !== '')).toBe(true);
  });

  it('files a log line over HEP under the Call-ID that its sender gave', () => {
    const over = { protocol: 100, correlationId: 'a@h', sensor: 'hep 301' };
    expect(rows('WARNING: no route for 1002', over)).toMatchObject([
      { channel: '', call_id: 'a@h', node: 'hep 301', level: 4 },
    ]);
  });

  it('joins the two sides of a hiding proxy by the Call-ID that its log line tells', () => {
    const masked = 'THCID_XVdTZk1abl5cAhFWRF0hU21DRm9dVE1DVA--';
    const line = `INFO:[1619921-9ac301@127.0.1.11] in-dialog ACK callee-callid=${masked}`;
    expect(edges(line, { protocol: 100, correlationId: '1619921-9ac301@127.0.1.11' })).toEqual([
      `merge c:${masked} > c:1619921-9ac301@127.0.1.11 (topology_hiding)`,
    ]);
  });

  it("files a telephone's report under the dialog that it is about too, and follows it nowhere", () => {
    const ends = { ip: '192.0.2.1', port: 4000 };
    const about = (callId: string) => yealink({ callId, local: ends, remote: ends });
    const text = publish(about('a@h'), 'p@h');
    expect(rows(text)).toMatchObject([
      { call_id: 'p@h', protocol: 1, method: 'PUBLISH' },
      { call_id: 'a@h', protocol: 35, method: '', src_ip: '192.0.2.1' },
    ]);
    expect(new Set(rows(text).map((row) => 'id' in row && row.id)).size).toBe(2);
    expect(rows(text)).toEqual(rows(text));
    expect(edges(text)).toEqual(['link c:a@h > c:p@h (quality_report)']);
    // A subscription brings the reports of many calls, and makes no one call of them.
    const notify = (callId: string) => publish(about(callId), 's@h').replaceAll('PUBLISH', 'NOTIFY');
    expect([notify('a@h'), notify('b@h')].flatMap((one) => edges(one))).toEqual([
      'link c:a@h > c:s@h (quality_report)',
      'link c:b@h > c:s@h (quality_report)',
    ]);
    // In the dialog itself it is there already.
    expect(edges(publish(about('a@h'), 'a@h'))).toEqual([]);
  });

  it('files nothing under a Call-ID that stands in another kind of body, in an answer, or nowhere', () => {
    const ends = { ip: '192.0.2.1', port: 4000 };
    const text = publish(yealink({ callId: 'a@h', local: ends, remote: ends }), 'p@h');
    const odd = [
      text.replace('application/vq-rtcpxr', 'text/plain'),
      text.replace('application/vq-rtcpxr', 'application/vq-rtcpxr-not'),
      text.replaceAll('PUBLISH', 'MESSAGE'),
      text.replace(/^PUBLISH \S+ SIP\/2\.0/, 'SIP/2.0 200 OK'),
      text.replace('CallID:a@h', 'CallID:    '),
      text.replace('VQSessionReport', 'VQSessionRapport'),
    ];
    for (const one of odd) expect([one.slice(0, 20), rows(one).length, edges(one)]).toEqual([one.slice(0, 20), 1, []]);
  });

  it('files a report of HEP type 35 under what its agent says, else under what it says itself', () => {
    const ends = { ip: '192.0.2.1', port: 4000 };
    const body = yealink({ callId: 'a@h', local: ends, remote: ends });
    for (const text of [body, publish(body, 'p@h')]) {
      expect(rows(text, { protocol: 35 })).toMatchObject([{ call_id: 'a@h', protocol: 35 }]);
      expect(rows(text, { protocol: 35, correlationId: 'c@h' })).toMatchObject([{ call_id: 'c@h', protocol: 35 }]);
    }
    expect(rows('{"report_blocks_xr":{}}', { protocol: 35 })).toMatchObject([{ call_id: '', protocol: 35 }]);
  });

  it('leaves no trace of keep-alives and registrations in the edges, however many there are', () => {
    const batch = createBatch(OPTIONS);
    for (const method of ['OPTIONS', 'REGISTER']) {
      for (let i = 0; i < 10_000; i++) {
        batch.add(sipPacket(invite('X-CID: first@h\n').replaceAll('INVITE', method).replaceAll('a@h', `${i}@h`)));
      }
    }
    expect(batch.blocks().map(({ table, rows }) => [table, rows])).toEqual([['messages', 20_000]]);
    expect(batch.tables().map(({ table }) => table)).toEqual(['identifiers']);
  });

  it('files a media report under the Call-ID that its sender gave', () => {
    expect(rows('{"ssrc":1}', { protocol: 5, correlationId: 'a@h' })).toMatchObject([{ call_id: 'a@h', protocol: 5 }]);
  });
});
