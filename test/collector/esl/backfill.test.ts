import { describe, expect, it } from 'vitest';
import { readChannelList } from '../../../collector/esl/backfill.ts';
import { createFrameReader } from '../../../collector/esl/frame.ts';
import { recordedReply } from './fixtures.ts';

const bodyOf = (reply: string): Buffer => createFrameReader().push(recordedReply(reply))[0]!.body;
const list = (...rows: readonly unknown[]): Buffer => Buffer.from(JSON.stringify({ row_count: rows.length, rows }));

describe('readChannelList', () => {
  it('reads the recorded replies, with and without channels', () => {
    expect(readChannelList(bodyOf('06-show-channels-json'))).toEqual([
      '9695a8c5-282e-4ba4-a973-583e48b7883e',
      'db304811-02b6-4069-a5c8-74d4f769d56c',
    ]);
    expect(readChannelList(bodyOf('04-show-channels-none'))).toEqual([]);
  });

  it('puts the newest channel first', () => {
    const rows = [
      { uuid: 'old', created_epoch: '100' },
      { uuid: 'new', created_epoch: '300' },
      { uuid: 'middle', created_epoch: '200' },
    ];
    expect(readChannelList(list(...rows))).toEqual(['new', 'middle', 'old']);
  });

  it('takes any string for a UUID, but none that would be another command', () => {
    const uuids = ['abc@10.0.0.1', 'my-crm-call-0806', 'a b', 'a\n\napi shutdown', '', 'x'.repeat(600), 7, null];
    expect(readChannelList(list(...uuids.map((uuid) => ({ uuid })), 'row', null))).toEqual([
      'abc@10.0.0.1',
      'my-crm-call-0806',
    ]);
  });

  it.each(['', '-ERR permission denied', '[]', 'null', '{}', '{"row_count":1,"rows":{}}'])(
    'says that %j is none',
    (text) => expect(readChannelList(Buffer.from(text))).toBeUndefined(),
  );
});
