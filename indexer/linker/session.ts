import type { SessionFacts } from '../../core/call/call-line.ts';
import { farSideOf, type Places } from '../../core/call/far-side.ts';
import type { FoundCall } from '../../core/call/find.ts';
import { cleanValue } from '../../core/model/clean-value.ts';
import { createPrefixes } from '../../core/model/prefix.ts';

/** What is measured of the leg that began a call, under the names by which its attempt is counted. */
export interface Sessions {
  of(call: FoundCall): SessionFacts;
}

/** Names that were cleaned before are not cleaned again. */
const MAX_REMEMBERED = 20_000;

export function createSessions(places: Places): Sessions {
  const prefixes = createPrefixes();
  const cleaned = new Map<string, string>();
  const clean = (name: string): string => {
    const before = cleaned.get(name);
    if (before !== undefined) return before;
    if (cleaned.size >= MAX_REMEMBERED) cleaned.clear();
    const value = cleanValue(name);
    cleaned.set(name, value);
    return value;
  };
  return {
    of({ facts: { root } }) {
      const { channels, dialog, to } = root;
      const { trunk, direction } = farSideOf(root, places);
      return {
        ...(dialog?.finalUs === undefined ? {} : { finalUs: dialog.finalUs }),
        ...(dialog?.byeAnswer === undefined ? {} : { byeAnswer: dialog.byeAnswer }),
        trunk: clean(trunk),
        direction,
        node: clean(channels[0]?.node ?? dialog?.sensors[0] ?? 'unknown'),
        prefix: prefixes.of(to.number),
      };
    },
  };
}
