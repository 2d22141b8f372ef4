import { type NodeKey, nodeLetter } from '../../model/edge.ts';
import type { BirthFact } from '../read/births.ts';

/** A birth with the tenant that the leg is known to be of. */
export interface OwnedBirth extends BirthFact {
  readonly tenant?: string | undefined;
}

/** A channel and the Call-ID that it most likely speaks. */
export interface Pair {
  readonly channel: OwnedBirth;
  readonly dialog: OwnedBirth;
}

/** The switch makes its channel within this time of the INVITE, before it or after it. */
const NEAR_US = 50_000;
/** The best candidate is nearer than the next one by at least this, or there is no best one. */
const MARGIN_US = 2_000;

/**
 * Which channels and Call-IDs belong together, by their numbers and the moment they began. `births` are all those to
 * one number within a stretch of time, without those whose partner is proven. Each channel takes the dialog that is
 * nearest in time, when none other is nearly as near; a pair counts when no other channel wants the same dialog. A proxy
 * may offer one Call-ID to several switches, so channels that received it may be one at each switch. Nothing pairs with
 * another tenant's, and a dialog of no known tenant that legs of two would take is left to neither.
 */
export function uniquePairs(births: readonly OwnedBirth[]): Pair[] {
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
  return pairs.filter((pair) => wanted.get(role(pair)) === 1 && !isBetweenTenants(pair, pairs));
}

function isBetweenTenants({ dialog }: Pair, pairs: readonly Pair[]): boolean {
  if (dialog.tenant !== undefined) return false;
  const takers = pairs.filter((pair) => pair.dialog.node === dialog.node).map(({ channel }) => channel.tenant);
  return new Set(takers.filter((tenant) => tenant !== undefined)).size > 1;
}

/** Neither is known to be of another tenant than the other. */
export const mayMeet = (a: OwnedBirth, b: OwnedBirth): boolean =>
  a.tenant === undefined || b.tenant === undefined || a.tenant === b.tenant;

function nearest(
  channel: OwnedBirth,
  dialogs: readonly OwnedBirth[],
  bornAt: ReadonlyMap<NodeKey, number>,
): OwnedBirth | undefined {
  const fits = dialogs
    .filter((dialog) => mayMeet(channel, dialog))
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
