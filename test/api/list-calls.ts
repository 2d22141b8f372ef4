import { openCall } from '../../api/call/finder.ts';
import { callIdNode } from '../../core/model/edge.ts';
import { createHostNames } from '../../core/model/host-names.ts';
import type { Store } from '../../core/store/store.ts';
import type { Row } from '../../core/store/tables.ts';
import { callRow, endingRow } from '../../indexer/linker/call-row.ts';
import { createSessions } from '../../indexer/linker/session.ts';

/** Lists calls that are over, by their Call-IDs, as the linker does. */
export async function listCalls(store: Store, callIds: readonly string[]): Promise<void> {
  const sessions = createSessions({ names: createHostNames({}), nodes: new Set() });
  const rows = new Map<string, Row<'calls'>>();
  for (const callId of callIds) {
    const found = await openCall({ store, unmask: () => undefined, guesses: false }, callId, {}, {});
    if (found === undefined) throw new Error(`nothing is stored under ${callId}`);
    const row = callRow(found.call, 1, Date.now() * 1000, sessions.of(found.call));
    rows.set(row.id, row);
  }
  await store.insert('calls', [...rows.values()], 'calls');
  const endings = [...rows.values()].map((row) => endingRow(callIdNode(row.id), row));
  await store.insert('endings', endings, 'endings');
}
