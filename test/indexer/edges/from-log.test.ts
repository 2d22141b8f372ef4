import { describe, expect, it } from 'vitest';
import { edgesFromLog } from '../../../indexer/edges/from-log.ts';
import { logLine, short } from '../seen.ts';

const RECEIVING =
  '2026-11-21 10:21:38.736096 7.13% [INFO] sofia.c:10460 sofia/internal/+14155550101@127.0.0.11:5102 receiving invite from 127.0.0.10:5060 version: 1.10.12-release git a88d069 2024-08-02 21:02:27Z 64bit call-id: 1564971-4d8f01@127.0.0.11';
const SENDING =
  '2026-11-21 10:21:38.755651 7.13% [INFO] sofia_glue.c:1659 sofia/internal/02188889999@127.0.0.21:5060 sending invite call-id: ';

describe('what a FreeSWITCH log line proves', () => {
  it('joins the channel of the line to the Call-ID that it received', () => {
    expect(edgesFromLog(logLine(RECEIVING)).map(short)).toEqual([
      'merge u:chan-a > c:1564971-4d8f01@127.0.0.11 (log_receiving_invite)',
    ]);
  });

  it('joins it to the Call-ID that it sent, when the line knows it', () => {
    expect(edgesFromLog(logLine(`${SENDING}abc@h\n`)).map(short)).toEqual([
      'merge u:chan-a > c:abc@h (log_sending_invite)',
    ]);
  });

  it('takes "(null)" for no Call-ID', () => {
    expect(edgesFromLog(logLine(`${SENDING}(null)`))).toEqual([]);
  });

  it('reads nothing from a line without a channel, and nothing from a caller name that imitates one', () => {
    expect(edgesFromLog(logLine(RECEIVING, { channel: '' }))).toEqual([]);
    expect(edgesFromLog(logLine('Dialplan: call-id: forged@h', { level: 7 }))).toEqual([]);
  });
});
