import { type NodeKey, nodeLetter } from '../../model/edge.ts';
import type { BirthFact } from '../read/births.ts';

/** A channel and the Call-ID that it most likely speaks. */
export interface Pair {
  readonly channel: BirthFact;
  readonly dialog: BirthFact;
}

/** The switch makes its channel within this time of the INVITE, before it or after it. */
const NEAR_US = 50_000;
/** The best candidate is nearer than the next one by at least this, or there is no best one. */
const MARGIN_US = 2_000;

/**
 * Which channels and Call-IDs belong together, by their numbers and the moment they began. `births` are all those to
 * one number within a stretch of time, without those whose partner is proven. Each channel takes the dialog that is
 * nearest in time, when none other is nearly as near; a pair counts when no other channel wants the same dialog. A proxy
 * may offer one Call-ID to several switches, so channels that received it may be one at each switch.
 */
export function uniquePairs(births: readonly BirthFact[]): Pair[] {
  const channels = births.filter((birth) => nodeLetter(birth.node) === 'u');
  const dialogs = births.filter((birth) => nodeLetter(birth.node) === 'c');
  const bornAt = new Map<NodeKey, number>(channels.map((channel) => [channel.node, channel.atUs]));
  const pairs = channels.flatMap((channel): Pair[] => {
    const dialog = nearest(channel, dialogs, bornAt);
    return dialog === undefined ? [] : [{ channel, dialog }];
  });
  const role = ({ channel, dialog }: Pair): string =>
    channel.direction === 'inbound' ? `in ${channel.switch} ${dialog.node}` : `out ${dialog.node}`;
  const wanted = new Map<string, number>();
  for (const pair of pairs) wanted.set(role(pair), (wanted.get(role(pair)) ?? 0) + 1);
  return pairs.filter((pair) => wanted.get(role(pair)) === 1);
}

function nearest(
  channel: BirthFact,
  dialogs: readonly BirthFact[],
  bornAt: ReadonlyMap<NodeKey, number>,
): BirthFact | undefined {
  const fits = dialogs
    .map((dialog) => ({ dialog, gapUs: gapOf(channel, dialog, bornAt) }))
    .filter(({ gapUs }) => gapUs <= NEAR_US)
    .sort((a, b) => a.gapUs - b.gapUs);
  const [best, second] = fits;
  return best !== undefined && (second === undefined || second.gapUs - best.gapUs >= MARGIN_US)
    ? best.dialog
    : undefined;
}

/** µs between an INVITE and the channel that it began or that sent it; Infinity when they cannot be the same. */
function gapOf(channel: BirthFact, dialog: BirthFact, bornAt: ReadonlyMap<NodeKey, number>): number {
  if (channel.fromKey !== '' && dialog.fromKey !== '' && channel.fromKey !== dialog.fromKey)
    return Number.POSITIVE_INFINITY;
  if (channel.direction === 'inbound') {
    // An INVITE that the switch received came before the channel; on its way it was seen more than once.
    const before = dialog.seenUs.filter((seenUs) => seenUs <= channel.atUs).at(-1);
    return before === undefined ? Number.POSITIVE_INFINITY : channel.atUs - before;
  }
  // One that it sent went out after the dialling leg began, and nobody saw it before.
  const parentAt = bornAt.get(`u:${channel.parent}`);
  if (parentAt !== undefined && dialog.atUs < parentAt) return Number.POSITIVE_INFINITY;
  return Math.abs(dialog.atUs - channel.atUs);
}
