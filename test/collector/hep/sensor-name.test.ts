import { describe, expect, test } from 'vitest';
import { createSensorNames } from '../../../collector/hep/sensor-name.ts';
import { headerForms } from '../../../core/sip/header-names.ts';

const seenBy = (nodeName: string, captureId: number) =>
  ({ nodeName: Buffer.from(nodeName), captureId }) as Parameters<ReturnType<typeof createSensorNames>['of']>[0];

describe('names that are kept for every sender', () => {
  test('hold the memory of their letters and no more: thousands of senders are kept', () => {
    const names = createSensorNames();
    for (const name of [
      names.of(seenBy('proxy-berlin-1', 7), ''),
      names.of(seenBy('', 200), '192.0.2.7'),
      names.of(seenBy('', 101), '192.0.2.7'),
    ])
      expect([name.toString(), name.buffer.byteLength]).toEqual([name.toString(), name.length]);
    for (const word of headerForms('X-Anything').words) expect(word.buffer.byteLength).toBe(word.length);
  });

  test('are made once for each sender', () => {
    const names = createSensorNames();
    expect(names.of(seenBy('proxy', 7), '')).toBe(names.of(seenBy('proxy', 8), ''));
    expect(names.of(seenBy('', 1), '192.0.2.7').toString()).toBe('hep 1@192.0.2.7');
  });
});
