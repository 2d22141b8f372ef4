import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findCalls } from '../../../core/call/find.ts';
import { createNeighbours } from '../../../core/call/graph/neighbours.ts';
import { callIdNode } from '../../../core/model/edge.ts';
import { createHostNames } from '../../../core/model/host-names.ts';
import type { Store } from '../../../core/store/store.ts';
import { type Attempt, attemptsOf, namesOf } from '../../../indexer/outcomes/attempt.ts';
import { storeHand } from '../../generate/store.ts';
import { readDay } from '../../golden/recorded.ts';
import { openEmptyStore } from '../../system/empty-store.ts';

/** In the recordings the proxy is the first hop of every leg, and the switch the other end of it. */
const PLACES = { names: createHostNames({ '127.0.0.11': 'callers', '127.0.0.10': 'proxy' }), nodes: new Set<string>() };

describe('the attempts of recorded calls', () => {
  let store: Store;
  beforeEach(async () => {
    store = await openEmptyStore();
  });
  afterEach(() => store.close());

  /** The attempts of every call that really was, by Call-ID, with the final status that the truth has of it. */
  const attempts = async (name: string): Promise<{ attempt: Attempt; status: number | undefined }[]> => {
    await storeHand(store, (await readDay(name)).events);
    const truth = JSON.parse(
      gunzipSync(await readFile(join(import.meta.dirname, '../../recordings', name, 'truth.json.gz'))).toString(),
    ) as { calls: { legs: { call_id: string; method: string; final_status?: number }[] }[] };
    const finder = { store, neighbours: createNeighbours(store), guesses: false };
    const legs = truth.calls.flatMap((call) => call.legs).filter(({ method }) => method === 'INVITE');
    const calls = await findCalls(
      finder,
      legs.map(({ call_id }) => [callIdNode(call_id)]),
    );
    return legs.flatMap(({ call_id, final_status }, i) => {
      const call = calls[i];
      if (call === undefined) throw new Error(`no call of ${call_id}`);
      const own = call.legs.filter((leg) => leg.callId === call_id).flatMap(namesOf);
      return attemptsOf({ call, legs: own }, PLACES).map((attempt) => ({ attempt, status: final_status }));
    });
  };

  const table = (found: readonly { attempt: Attempt; status: number | undefined }[]): string[] => {
    const lines = found.map(({ attempt: { trunk, direction, final }, status }) =>
      [trunk, direction, status, final?.class].join(' '),
    );
    return [...new Set(lines)].sort().map((line) => `${lines.filter((one) => one === line).length} × ${line}`);
  };

  it('go out over the gateways that FreeSWITCH names, and a lost race is no failure', async () => {
    const found = await attempts('04-failover-fork');
    expect(table(found)).toEqual([
      '7 × callers inbound 200 answered',
      '1 × callers inbound 487 cancelled',
      '2 × gw-a outbound 500 network',
      '2 × gw-b outbound 200 answered',
      '5 × proxy outbound 200 answered',
      // Their 200 came when another leg had answered already.
      '3 × proxy outbound 200 cancelled',
      '1 × proxy outbound 486 user',
      '3 × proxy outbound 487 cancelled',
    ]);
  });

  it('have the class of their final answer, however they failed', async () => {
    expect(table(await attempts('03-failures'))).toEqual([
      '1 × callers inbound 200 answered',
      '2 × callers inbound 403 network',
      '2 × callers inbound 404 user',
      '3 × callers inbound 480 user',
      '1 × callers inbound 484 user',
      '1 × callers inbound 486 user',
      '1 × callers inbound 487 cancelled',
      '2 × callers inbound 488 network',
      '2 × callers inbound 500 network',
      '2 × callers inbound 603 user',
      '1 × proxy outbound 200 answered',
      '1 × proxy outbound 404 user',
      '2 × proxy outbound 480 user',
      '1 × proxy outbound 484 user',
      '1 × proxy outbound 486 user',
      '1 × proxy outbound 487 cancelled',
      // The switch's own timer withdrew it, since nobody picked up.
      '1 × proxy outbound 487 user',
      '1 × proxy outbound 488 network',
      '1 × proxy outbound 500 network',
      '1 × proxy outbound 603 user',
      // Nobody listened where it was sent: no packet of it was captured but by the switch's word.
      '1 × unknown outbound  network',
    ]);
  });
});
