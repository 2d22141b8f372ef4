import type { SessionFacts } from '../../core/call/call-line.ts';
import type { FoundCall } from '../../core/call/find.ts';
import { farSideOf, type Places } from '../outcomes/far-side.ts';
import { cleanValue } from '../outcomes/label-values.ts';
import type { Prefixes } from '../outcomes/prefix.ts';

/** What is measured of the leg that began a call, under the names by which its attempt is counted. */
export function sessionOf({ facts: { root } }: FoundCall, places: Places, prefixes: Prefixes): SessionFacts {
  const { channels, dialog, to } = root;
  const { trunk, direction } = farSideOf(root, places);
  return {
    ...(dialog?.finalUs === undefined ? {} : { finalUs: dialog.finalUs }),
    ...(dialog?.byeAnswer === undefined ? {} : { byeAnswer: dialog.byeAnswer }),
    trunk: cleanValue(trunk),
    direction,
    node: cleanValue(channels[0]?.node ?? dialog?.sensors[0] ?? 'unknown'),
    prefix: prefixes.of(to.number),
  };
}
