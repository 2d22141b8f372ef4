import { type NodeKey, nodeLetter } from '../../core/model/edge.ts';
import type { BirthFact } from '../read/births.ts';

/** A channel and the Call-ID that it most likely speaks. */
export interface Pair {
  readonly channel: BirthFact;
  readonly dialog: BirthFact;
}

/** The switch makes its channel within this time of the INVITE, before it or after it. */
const NEAR_US = 50_000;

/**
 * Which channels and Call-IDs belong together, by their numbers and the moment they began. `births` are all those to
 * one number within a stretch of time, without those whose partner is proven. A pair counts only when neither end could
 * have another partner: two calls between the same numbers in one moment stay apart.
 */
export function uniquePairs(births: readonly BirthFact[]): Pair[] {
  const channels = births.filter((birth) => nodeLetter(birth.node) === 'u');
  const dialogs = births.filter((birth) => nodeLetter(birth.node) === 'c');
  const bornAt = new Map<NodeKey, number>(channels.map((channel) => [channel.node, channel.atUs]));
  const fits = channels.map((channel) => dialogs.filter((dialog) => canBe(channel, dialog, bornAt)));
  const wanted = new Map<NodeKey, number>();
  for (const candidates of fits) {
    for (const { node } of candidates) wanted.set(node, (wanted.get(node) ?? 0) + 1);
  }
  return channels.flatMap((channel, i): Pair[] => {
    const [dialog, ...others] = fits[i] ?? [];
    return dialog !== undefined && others.length === 0 && wanted.get(dialog.node) === 1 ? [{ channel, dialog }] : [];
  });
}

function canBe(channel: BirthFact, dialog: BirthFact, bornAt: ReadonlyMap<NodeKey, number>): boolean {
  if (channel.fromKey !== '' && dialog.fromKey !== '' && channel.fromKey !== dialog.fromKey) return false;
  if (Math.abs(dialog.atUs - channel.atUs) > NEAR_US) return false;
  // An INVITE that the switch received came before the channel; one that it sent went out after the dialling leg began.
  if (channel.direction === 'inbound') return dialog.atUs <= channel.atUs;
  const parentAt = bornAt.get(`u:${channel.parent}`);
  return parentAt === undefined || dialog.atUs >= parentAt;
}
