import { type DrawnCall, drawLadder, type PictureOptions } from '../../../api/ladder/svg/picture.ts';
import type { Ladder, Lane, Step } from '../../../api/schemas.ts';
import { DEFAULT_FILTER } from '../../../core/ladder/filter.ts';
import { atOnce } from '../../../core/runtime/in-turns.ts';
import { call, diagnosis, ladder } from '../../web/fixtures.ts';

/** The call of the page's fixtures as the drawing takes it; some of its texts are hostile. */
export const drawnCall: DrawnCall = {
  summary: { ...structuredClone(call as unknown as DrawnCall['summary']), legCount: call.legs.length },
  legs: call.legs,
  verdicts: diagnosis.verdicts,
  startUs: ladder.steps[0]!.atUs,
};

export const wholeLadder: Ladder = structuredClone(ladder) as unknown as Ladder;

export const OPTIONS: PictureOptions = { width: 1100, theme: 'light', filter: DEFAULT_FILTER, max: 200 };

export const drawAtOnce = (...of: Parameters<typeof drawLadder>): string => atOnce(drawLadder(...of));

const model = wholeLadder.steps[0]!;

/** A message from the first lane to the second unless said otherwise. */
export const step = (change: Partial<Step>): Step => ({
  ...model,
  from: 'a',
  to: 'b',
  callId: 'one',
  channel: null,
  ...change,
});

export const lanes = (...names: readonly string[]): Lane[] =>
  names.map((name, i) => ({ id: String.fromCharCode(97 + i), name, addresses: [`192.0.2.${i}`] }));

/** What strangers write into messages: markup, what XML forbids, what turns or piles up writing, what is very long. */
export const HOSTILE: readonly string[] = [
  '</text><script>alert(1)</script>',
  '"><image href="http://evil.example/x" onload="alert(1)"/>',
  ']]><!--&amp;&#x3c;script&#x3e;',
  'nul\u0000 bell\u0007 escape\u001b[31m c1\u0085 bom\ufeff non\uffff lone\ud800 end',
  'turned \u202Egnp.exe\u202C and \u2066isolated\u2069',
  `piled ${'Z\u0336\u0321\u0353\u0317'.repeat(3)}${'\u0301'.repeat(500)}`,
  `wide ${'\uFDFD'.repeat(10)} ${'漢字'.repeat(40)} ${'👩‍👩‍👧‍👦'.repeat(30)}`,
  'W'.repeat(100_000),
  'line\r\nbreaks\tand\ttabs',
  'سلام دنیا → 200',
];
