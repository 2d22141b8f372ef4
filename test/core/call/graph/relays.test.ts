import { describe, expect, it } from 'vitest';
import { type Candidate, MAX_DIALOGS, relaysOf } from '../../../../core/call/graph/relays.ts';
import type { InviteFact } from '../../../../core/call/read/invites.ts';
import type { NodeKey } from '../../../../core/model/edge.ts';

const MS = 1000;
const BOX = '192.0.2.31';

interface Given extends Partial<InviteFact> {
  readonly toKey?: string;
  readonly tenant?: string;
  readonly isSettled?: boolean;
}

function dialog(name: string, atMs: number, given: Given): Candidate {
  const { toKey = '8889999', tenant, isSettled = false, ...invite } = given;
  const atUs = atMs * MS;
  return {
    birth: {
      node: `c:${name}`,
      atUs,
      seenUs: [atUs],
      switch: '',
      direction: '',
      fromKey: '',
      toKey,
      parent: '',
      evidence: { table: 'messages', id: name, atUs },
      tenant,
    },
    invite: {
      callId: name,
      atUs,
      madeBy: new Set(['192.0.2.99']),
      reached: new Map(),
      callers: new Set(['5550101']),
      display: '',
      session: '',
      media: '',
      forwards: [70, 70],
      status: 200,
      answeredUs: undefined,
      endedUs: undefined,
      ...invite,
    },
    isSettled,
  };
}
const into = (name: string, atMs: number, given: Given = {}): Candidate =>
  dialog(name, atMs, { reached: new Map([[BOX, atMs * MS]]), ...given });
const out = (name: string, atMs: number, given: Given = {}): Candidate =>
  dialog(name, atMs, { madeBy: new Set([BOX]), reached: new Map([['192.0.2.77', atMs * MS]]), ...given });

/** "A B" for each relay that any of the dialogs is told of; every dialog of it must be told the same. */
async function relays(dialogs: readonly Candidate[], calls: readonly (readonly string[])[] = []): Promise<string[]> {
  const isSameCall = (a: Candidate, b: Candidate): Promise<boolean> =>
    Promise.resolve(calls.some((call) => call.includes(a.invite.callId) && call.includes(b.invite.callId)));
  const told = new Map<string, number>();
  for (const { birth } of dialogs) {
    for (const relay of await relaysOf(birth.node as NodeKey, dialogs, { isSameCall })) {
      const text = `${relay.into.invite.callId} ${relay.out.invite.callId}`;
      told.set(text, (told.get(text) ?? 0) + 1);
    }
  }
  expect([...told.values()]).toEqual([...told.values()].map(() => 2));
  return [...told.keys()].sort();
}

describe('the two sides of a box that nobody hears', () => {
  it('are found by box, moment, number and caller', async () => {
    expect(await relays([into('A', 0), out('B', 3)])).toEqual(['A B']);
  });

  it('are not found when the INVITE left another box, or before the other one came, or long after', async () => {
    expect(await relays([into('A', 0), out('B', 3, { madeBy: new Set(['192.0.2.32']) })])).toEqual([]);
    expect(await relays([into('A', 50), out('B', 3)])).toEqual([]);
    expect(await relays([into('A', 0), out('B', 2100)])).toEqual([]);
  });

  it('are not found by the number and the moment alone, but with media that the box lets pass', async () => {
    const stranger = { callers: new Set(['7770000']), status: 0 };
    expect(await relays([into('A', 0), out('B', 3, stranger)])).toEqual([]);
    const media = { session: '- 1 192.0.2.5', display: '' };
    expect(await relays([into('A', 0, media), out('B', 3, { ...stranger, ...media })])).toEqual(['A B']);
  });

  it('need more where an extension was called, which every tenant and site has', async () => {
    const short = { toKey: '1002' };
    expect(await relays([into('A', 0, short), out('B', 3, { ...short, status: 0 })])).toEqual([]);
    const named = { ...short, display: 'alice' };
    expect(await relays([into('A', 0, named), out('B', 3, named)])).toEqual(['A B']);
  });

  it('are none when two calls fit nearly as well, unless the two are one', async () => {
    const dialogs = [into('A', 0), into('X', 1), out('B', 3)];
    expect(await relays(dialogs)).toEqual([]);
    expect(await relays(dialogs, [['A', 'X']])).toEqual(['A B']);
  });

  it('are told apart by their ends where these are clear', async () => {
    const ends = (us: number): Given => ({ answeredUs: 500 * MS, endedUs: us });
    const dialogs = [
      into('A', 0, ends(9e6)),
      into('X', 1, ends(20e6)),
      out('B', 3, ends(9.01e6)),
      out('Y', 4, ends(20.01e6)),
    ];
    expect(await relays(dialogs)).toEqual(['A B', 'X Y']);
  });

  it('may be several after a failover, and not after an answer', async () => {
    const failed = { status: 503, endedUs: 10 * MS };
    const answered = { answeredUs: 400 * MS };
    expect(await relays([into('A', 0, answered), out('B', 3, failed), out('C', 12, answered)])).toEqual(['A B', 'A C']);
    expect(await relays([into('A', 0, answered), out('B', 3, answered), out('C', 12, answered)])).toEqual([]);
    expect(await relays([into('A', 0), out('B', 3, { answeredUs: 10 * MS }), out('C', 12)])).toEqual([]);
  });

  it('are not two dialogs of which one goes on after the other has failed, or is answered long after it', async () => {
    const refused = { status: 486, endedUs: 1e6 };
    expect(await relays([into('A', 0, refused), out('B', 3, { status: 486, endedUs: 5e6 })])).toEqual([]);
    expect(await relays([into('A', 0, { answeredUs: 1e6 }), out('B', 3, { answeredUs: 9e6 })])).toEqual([]);
    expect(await relays([into('A', 0, { status: 487, endedUs: 1 * MS }), out('B', 30)])).toEqual([]);
  });

  it('are never of two tenants, and nothing is guessed of an INVITE whose sender is known', async () => {
    expect(await relays([into('A', 0, { tenant: 'acme' }), out('B', 3, { tenant: 'bell' })])).toEqual([]);
    expect(await relays([into('A', 0, { tenant: 'acme' }), out('B', 3)])).toEqual(['A B']);
    expect(await relays([into('A', 0), out('B', 3, { isSettled: true })])).toEqual([]);
    expect(await relays([into('A', 0, { isSettled: true }), out('B', 3)])).toEqual(['A B']);
    expect(await relays([into('A', 0), out('B', 3)], [['A', 'B']])).toEqual([]);
  });

  it('are not looked for in a storm', async () => {
    const storm = Array.from({ length: MAX_DIALOGS }, (_, i) => out(`S${i}`, 1000 + i, { madeBy: new Set() }));
    expect(await relays([into('A', 0), out('B', 3), ...storm])).toEqual([]);
    expect(await relays([into('A', 0), out('B', 3), ...storm.slice(2)])).toEqual(['A B']);
  });
});
