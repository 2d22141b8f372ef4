import type { SeenMessage } from '../../call/copies.ts';
import { headerOf } from '../../model/capture-event.ts';
import type { CaseLeg } from '../case.ts';
import { causeIn, citeCause, citeMessage } from '../cite.ts';
import { requestsThatEnd } from './endings.ts';
import type { Rule } from './rule.ts';

/** Both parties were sent a BYE and neither had sent one: the switch between them ended the call of its own accord. */
export const hungUpBySwitch: Rule = (all) => {
  const talking = all.legs.filter(({ leg }) => leg.answeredUs !== undefined && leg.outcome === 'answered');
  const [a] = talking.filter(({ leg }) => leg.parent === undefined);
  const others = talking.filter(({ leg }) => leg.parent !== undefined);
  if (a === undefined || others.length !== 1 || talking.length !== 2 || all.legs.some(wasTransferred)) return [];
  const [b] = others as [CaseLeg];
  const ends = [a, b].map((leg) => ({ leg, byes: byesOf(leg) }));
  if (!ends.every(({ leg, byes }) => byes.length > 0 && isFromSwitch(leg, byes[0]))) return [];
  const hangups = [a, b].flatMap(({ events }) => events.filter(({ name }) => name === 'CHANNEL_HANGUP'));
  const cause = hangups[0] === undefined ? '' : causeIn(hangups[0]);
  return [
    {
      id: 'hung_up_by_switch',
      sentence: `The switch ended the call itself${cause === '' ? '' : ` (${cause})`}: neither party had hung up.`,
      cause: 'switch',
      side: 'switch',
      confidence: 0.85,
      evidence: [
        ...ends.flatMap(({ byes }) => byes.flatMap((seen) => citeMessage(seen, 'BYE by the switch'))),
        ...hangups.map(citeCause),
      ],
      checked: ['No BYE of either party was seen, and no command, timer or restart that ended the call.'],
      refutedBy: 'A BYE of a party on a hop without a sensor.',
      next: 'Look at what the dialplan ran last on the first leg, and at the log lines of that second.',
    },
  ];
};

const byesOf = (leg: CaseLeg): readonly SeenMessage[] =>
  requestsThatEnd(leg).filter(({ message }) => message.method === 'BYE');

/** The switch is the called side of a leg that came in, and the calling side of one that it dialled. */
function isFromSwitch({ leg, exchanges }: CaseLeg, bye: SeenMessage | undefined): boolean {
  const invite = exchanges.find(({ method }) => method === 'INVITE')?.hops[0]?.requests[0]?.message;
  if (bye === undefined || invite === undefined) return false;
  const fromCaller = bye.message.fromTag === invite.fromTag;
  const dialled = leg.parent !== undefined || leg.channels[0]?.direction === 'outbound';
  return dialled ? fromCaller : !fromCaller;
}

const wasTransferred = ({ exchanges, events }: CaseLeg): boolean =>
  exchanges.some(({ method }) => method === 'REFER') ||
  events.some(
    ({ headers }) =>
      headerOf(headers, 'variable_transfer_history') !== '' || /TRANSFER/.test(headerOf(headers, 'Hangup-Cause')),
  );
