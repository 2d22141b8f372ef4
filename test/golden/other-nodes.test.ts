import { describe, expect, it } from 'vitest';
import { startCalltrail } from '../../calltrail.ts';
import type { CaptureEvent } from '../../core/model/capture-event.ts';
import { silentLog } from '../../core/runtime/log.ts';
import { createUnmask } from '../../core/sip/topology-hiding.ts';
import type { CorrelationOptions } from '../../indexer/options.ts';
import { scatter } from '../generate/delivery.ts';
import { buildGraph, CORRELATION } from '../generate/graph.ts';
import { createRandom } from '../generate/random.ts';
import { readRecording } from '../replay/recording.ts';
import { createAsker } from '../truth/ask.ts';
import { withReplayed } from '../truth/run.ts';
import { type Answers, scoreOf } from '../truth/score.ts';
import type { Truth } from '../truth/truth-file.ts';
import { answersOf, readDay } from './recorded.ts';
import { times } from './stage.ts';

const HIDING = '36-opensips-topology-hiding';
const PLAIN = '30-asterisk-basic';
const NAMED = '31-asterisk-channel-uuid';
const LIMIT_MS = 60_000;

const SITE: CorrelationOptions = {
  ...CORRELATION,
  unmask: createUnmask([{ kind: 'opensips', prefix: 'THCID_', secret: 'lab_th_secret' }]),
};
const product = { start: (config: Parameters<typeof startCalltrail>[0]) => startCalltrail(config, silentLog) };

describe('golden scenarios: OpenSIPS and Asterisk, recorded', () => {
  it('golden 21: the Call-ID before OpenSIPS and the one it makes of it are one call, given its secret', async () => {
    const { events, truth } = await readDay(HIDING);
    // Behind an Asterisk that says no Call-ID there is another disguised dialog; only of calls that were put through
    // does AMI tell which. Of those that failed the last Call-ID was on the wire and never reported.
    await expectParts(truth, events, SITE, [
      ...times(5, '2 dialogs'),
      ...times(2, '4 dialogs, 2 channels'),
      ...times(2, '2 dialogs | 1 dialog | 2 channels'),
      '2 dialogs | 1 channel',
    ]);
    await expectParts(truth, ofKind(events, 'packet'), SITE, [
      ...times(6, '2 dialogs'),
      ...times(2, '2 dialogs | 2 dialogs'),
      ...times(2, '2 dialogs | 1 dialog'),
    ]);
    const { wrong } = await scoreIn(truth, [ofKind(events, 'event')], SITE);
    expect(wrong).toEqual([]);
  });

  it('golden 21, without the secret: what was disguised stays apart', async () => {
    const { events, truth } = await readDay(HIDING);
    const { wrong, right } = await scoreIn(truth, [ofKind(events, 'packet')], CORRELATION);
    expect({ wrong, right }).toEqual({ wrong: [], right: 0 });
  });

  it('golden 21, with guesses: every leg behind OpenSIPS and Asterisk is found', { timeout: LIMIT_MS }, async () => {
    await expectGuessed(HIDING, SITE, 3);
  });

  it('golden 23, without AMI: the Call-IDs before and behind Asterisk stay two calls', async () => {
    const { events, truth } = await readDay(PLAIN);
    // One call has two attempts behind Asterisk; four never get there.
    await expectParts(truth, ofKind(events, 'packet'), CORRELATION, [
      '1 dialog | 1 dialog | 1 dialog',
      ...times(14, '1 dialog | 1 dialog'),
      ...times(4, '1 dialog'),
    ]);
  });

  it('golden 23, without AMI and with guesses: the INVITE that left Asterisk finds the one that reached it', {
    timeout: LIMIT_MS,
  }, async () => {
    const recording = await readRecording(recordingOf(NAMED));
    const { truth } = await readDay(NAMED);
    const groups = truth.groups.map(({ label, identifiers }) => ({
      label,
      identifiers: identifiers.filter((id) => !isChannel(id)),
    }));
    await withReplayed({ ...recording, ami: [] }, 'shuffled', product, {}, async ({ httpUrl }, lost) => {
      expect(lost).toEqual([]);
      const asker = createAsker(httpUrl);
      const answers = new Map<string, readonly string[] | undefined>();
      for (const callId of groups.flatMap(({ identifiers }) => identifiers)) {
        expect(await asker.identifiersOf(callId)).toEqual([callId]);
        answers.set(callId, await asker.identifiersOf(callId, { guesses: true }));
      }
      const { wrong, missing } = scoreOf(groups, answers, truth.outsiders);
      expect(wrong).toEqual([]);
      // Asterisk went through a Local channel to another number: nothing on the wire has that in common.
      expect(new Set(missing.map(({ label }) => label))).toEqual(new Set(['1006 (through a Local channel)']));
    });
  });

  it('golden 23, with AMI: calls that were put through are whole, and of the others the channels', async () => {
    const { events, truth } = await readDay(PLAIN);
    const expected = [
      ...times(5, '2 dialogs, 2 channels'),
      // Through Local channels.
      ...times(2, '2 dialogs, 4 channels'),
      // The attempt that failed has a channel of the call, and nobody says its Call-ID.
      '2 dialogs, 3 channels | 1 dialog',
      ...times(7, '2 channels | 1 dialog | 1 dialog'),
      ...times(2, '1 channel | 1 dialog'),
      ...times(2, '1 dialog'),
    ];
    await expectParts(truth, events, CORRELATION, expected);
  });

  it('golden 23, with AMI and Call-IDs in a variable: every call is whole, by AMI alone as well', async () => {
    const { events, truth } = await readDay(NAMED);
    const expected = [...times(5, '2 dialogs, 2 channels'), '2 dialogs, 4 channels'];
    await expectParts(truth, events, CORRELATION, expected);
    await expectParts(truth, ofKind(events, 'event'), CORRELATION, expected);
  });

  it('golden 23, with AMI and guesses: every call is whole, failed or not', { timeout: LIMIT_MS }, async () => {
    await expectGuessed(PLAIN, CORRELATION, 10);
  });
});

const recordingOf = (name: string): string => `${import.meta.dirname}/../recordings/${name}`;
const ofKind = (events: readonly CaptureEvent[], kind: CaptureEvent['kind']): CaptureEvent[] =>
  events.filter((event) => event.kind === kind);
const isChannel = (identifier: string): boolean => identifier.startsWith('ast1-');

type Hands = readonly (readonly CaptureEvent[])[];

async function scoreIn(truth: Truth, hands: Hands, options: CorrelationOptions) {
  return scoreOf(truth.groups, await answersOf(buildGraph(hands, options), truth), truth.outsiders);
}

/** In order, shuffled and doubled: the parts that each true call falls into, none with anything of another call. */
async function expectParts(
  truth: Truth,
  events: readonly CaptureEvent[],
  options: CorrelationOptions,
  expected: readonly string[],
): Promise<void> {
  const random = createRandom(21);
  const orders: Readonly<Record<string, Hands>> = {
    'in order': [events],
    shuffled: scatter(events, random, 1, 0),
    'shuffled, some of it twice, over three indexers': scatter(events, random, 3, 0.5),
    'everything twice': [[...events, ...events]],
  };
  for (const [order, hands] of Object.entries(orders)) {
    const answers = await answersOf(buildGraph(hands, options), truth);
    expect(scoreOf(truth.groups, answers, truth.outsiders).wrong, order).toEqual([]);
    const parts = truth.groups.map(({ identifiers }) => partsOf(identifiers, answers));
    expect(parts.sort(), order).toEqual(expected.map((text) => text.split(' | ').sort().join(' | ')).sort());
  }
}

/** What was delivered of one true call, by the answers it is spread over: "2 dialogs, 2 channels | 1 dialog". */
function partsOf(identifiers: readonly string[], answers: Answers): string {
  const parts = new Map<string, readonly string[]>();
  for (const identifier of identifiers) {
    const own = answers
      .get(identifier)
      ?.filter((one) => identifiers.includes(one))
      .sort();
    if (own !== undefined) parts.set(own.join(' '), own);
  }
  return [...parts.values()].map(sizeOf).sort().join(' | ');
}

function sizeOf(part: readonly string[]): string {
  const channels = part.filter(isChannel).length;
  const named = (n: number, name: string): string[] => (n === 0 ? [] : [`${n} ${name}${n === 1 ? '' : 's'}`]);
  return [...named(part.length - channels, 'dialog'), ...named(channels, 'channel')].join(', ');
}

/**
 * Plays the recording shuffled into the whole product and asks, with guesses, for each identifier of the calls that are
 * not whole without: so many are there. What was never delivered is not asked for.
 */
async function expectGuessed(name: string, options: CorrelationOptions, count: number): Promise<void> {
  const { events, truth } = await readDay(name);
  const proven = await answersOf(buildGraph([events], options), truth);
  const open = truth.groups.filter(({ identifiers }) => partsOf(identifiers, proven).includes('|'));
  expect(open).toHaveLength(count);
  const groups = open.map(({ label, identifiers }) => ({
    label,
    identifiers: identifiers.filter((one) => proven.get(one) !== undefined),
  }));
  await withReplayed(await readRecording(recordingOf(name)), 'shuffled', product, {}, async ({ httpUrl }, lost) => {
    expect(lost).toEqual([]);
    const asker = createAsker(httpUrl);
    const answers = new Map<string, readonly string[] | undefined>();
    for (const { identifiers } of groups) {
      const ask = async (one: string) => answers.set(one, await asker.identifiersOf(one, { guesses: true }));
      await Promise.all(identifiers.map(ask));
    }
    const known = new Set([...truth.outsiders, ...truth.groups.flatMap(({ identifiers }) => identifiers)]);
    expect(scoreOf(groups, answers, known)).toMatchObject({ missing: [], wrong: [] });
  });
}
