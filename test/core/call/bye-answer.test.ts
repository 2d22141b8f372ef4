import { describe, expect, it } from 'vitest';
import { dialogOf } from '../../../core/call/dialog.ts';
import {
  type DialogMark,
  type DialogOutline,
  emptyOutline,
  mergeOutline,
  noteMark,
} from '../../../core/call/dialog-outline.ts';

const AT = 1_763_720_498_000_000;
const common = {
  fromUser: '',
  fromName: '',
  fromTag: 'a',
  toUser: '',
  toName: '',
  src: 'a:1',
  dst: 'b:1',
  sensor: 's',
};
const invite: DialogMark = { ...common, atUs: AT, method: 'INVITE', status: 0, cseqMethod: 'INVITE', inside: false };
const accepted: DialogMark = { ...invite, atUs: AT + 10, method: '', status: 200, inside: true };
const bye: DialogMark = { ...common, atUs: AT + 20, method: 'BYE', status: 0, cseqMethod: 'BYE', inside: true };
const answer = (status: number, afterUs: number): DialogMark => ({ ...bye, method: '', status, atUs: AT + afterUs });

const outlineOf = (marks: readonly DialogMark[]): DialogOutline => {
  const outline = emptyOutline();
  for (const mark of marks) noteMark(outline, mark);
  return outline;
};

describe('the answer to a BYE', () => {
  it.each([
    ['is the first 2xx', [answer(200, 30), answer(200, 40)], { status: 200, atUs: AT + 30 }],
    ['is the 2xx after a challenge', [answer(407, 25), answer(200, 40)], { status: 200, atUs: AT + 40 }],
    ['is the 2xx after a 503', [answer(503, 25), answer(200, 40)], { status: 200, atUs: AT + 40 }],
    ['is the 2xx before a 481 as well', [answer(200, 30), answer(481, 40)], { status: 200, atUs: AT + 30 }],
    ['is a 481 where there is no more', [answer(481, 30)], { status: 481, atUs: AT + 30 }],
    ['is none where only a challenge came', [answer(401, 30)], undefined],
  ] as const)('%s, in whatever order and parts it is heard of', (_, answers, expected) => {
    const marks = [invite, accepted, bye, ...answers];
    for (const order of [marks, [...marks].reverse()]) {
      expect(dialogOf('x', outlineOf(order))?.byeAnswer).toEqual(expected);
      for (let cut = 0; cut <= order.length; cut++) {
        const whole = outlineOf(order.slice(0, cut));
        mergeOutline(whole, outlineOf(order.slice(cut)));
        mergeOutline(whole, outlineOf(order.slice(cut)));
        expect(dialogOf('x', whole)?.byeAnswer).toEqual(expected);
      }
    }
  });
});
