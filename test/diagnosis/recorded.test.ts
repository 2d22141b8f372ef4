import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { openRecorded } from '../api/recorded.ts';
import type { OpenedCall } from './drops.ts';
import { missWhatIsDropped } from './miss.ts';
import { diagnosedAt } from './played.ts';

/**
 * What is said of every call of a recording, by a part of the sentence that its truth has about it. A call that is not named here
 * is healthy: nothing is said of it.
 */
const EXPECTED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '01-basic': {},
  '02-uuid-as-callid': {},
  '03-failures': {
    'callee busy': 'busy',
    unallocated: 'no_route',
    'UAS answers 488': 'codec_mismatch',
    'gateway 503': 'refused_by_gateway',
    'UAS answers 480': 'no_answer',
    'UAS declines 603': 'declined',
    '484 address incomplete': 'no_route',
    'not registered': 'not_registered',
    'wrong number': 'no_route',
    'respond 403': 'declined',
    'hangup 21': 'declined',
    'codec mismatch': 'codec_mismatch',
    'caller CANCELs': 'caller_gave_up',
    'call_timeout=6': 'no_answer',
    'nobody listens': 'no_response',
    'auth failure loop': 'auth_failed',
  },
  '04-failover-fork': {
    'gw-a|gw-b': 'failed_over',
    'same again': 'failed_over',
    'two bridge applications': 'failed_over',
    'fork to': 'lost_race',
    'fork again': 'lost_race',
    enterprise: 'lost_race',
    'only rings': 'lost_race',
    'caller cancels while both ring': 'caller_gave_up',
  },
  // The phone that was asked to go elsewhere never answered the REFER, which was sent again and again.
  '05-transfer-hold': { uuid_deflect: 'retransmission_storm' },
  '06-conference': {},
  '07-queue': {},
  // The driver of the recording ended the click-to-call at the switch.
  '08-loopback-originate': { 'busy callee': 'busy', 'click-to-call': 'hung_up_by_switch' },
  '09-tandem': { '8486': 'busy' },
  '10-missing-ack': { 'never ACKs': 'missing_ack' },
  '11-crash-recover': { 'alive during the crash': 'interrupted' },
  '13-register-options-msg': {
    'wrong password': 'auth_failed',
    // Nobody answered its NOTIFY.
    'SUBSCRIBE dialog': 'retransmission_storm',
  },
  '14-tcp-ipv6-tls': {},
  // The driver of the recording ended the calls of the transferred parties at the switch.
  '15-refer-replaces': { 'REFER with Replaces': 'ended_by_api', 'blind REFER': 'ended_by_api' },
  '18-tcp-fragments-big': {},
  '19-rtpengine-rtcp': {},
  '21-graceful-restart': { 'while fs1 is stopped': 'interrupted' },
  '22-utf8-odd-headers': {},
  // By their reports a fifth of one caller's packets is lost before the switch, so that both legs tell of it, and a tenth of
  // those of another behind it.
  '34-asterisk-rtcp': { '-3401@': 'poor_quality', '61d7170c-': 'poor_quality', 'b5d94028-': 'poor_quality' },
};

/** Recordings of which each call can be held against what enough others teach. */
const TEACHING: ReadonlySet<string> = new Set(['01-basic', '05-transfer-hold', '09-tandem', '15-refer-replaces']);

interface Truth {
  readonly calls: readonly {
    readonly description: string;
    readonly legs: readonly { readonly call_id: string }[];
    readonly channels?: readonly { readonly uuid: string }[];
  }[];
}

/** What is asked for: a key of each call of the truth; of a recording without one every Call-ID of an INVITE. */
function askedOf(
  name: string,
  callIds: readonly string[],
): readonly { readonly title: string; readonly key: string }[] {
  const path = fileURLToPath(new URL(`../recordings/${name}/truth.json.gz`, import.meta.url));
  if (!existsSync(path)) return callIds.map((key) => ({ title: key, key }));
  const { calls } = JSON.parse(gunzipSync(readFileSync(path)).toString()) as Truth;
  return calls.map(({ description, legs, channels }, i) => {
    const key = legs[0]?.call_id ?? channels?.[0]?.uuid;
    if (key === undefined) throw new Error(`${description}: no key`);
    return { title: `${i}: ${description}`, key };
  });
}

describe('recorded calls', { timeout: 180_000 }, () => {
  test.each(Object.entries(EXPECTED))(
    'recording %s: each call has its verdict, and the healthy ones have none; what is dropped of it is told to be missing',
    async (name, expected) => {
      const recorded = await openRecorded([name]);
      const opened = new Map<string, OpenedCall>();
      try {
        const said: Record<string, readonly string[]> = {};
        const meant: Record<string, readonly string[]> = {};
        for (const { title, key } of askedOf(name, recorded.callIds[name] ?? [])) {
          const { answer, isStored, without, opened: one } = await diagnosedAt(recorded.store, key);
          opened.set(one.call.facts.root.id, one);
          expect(answer.missing).toEqual([]);
          said[title] = [...new Set(answer.verdicts.map(({ id }) => id))].sort();
          meant[title] = Object.entries(expected)
            .filter(([words]) => title.includes(words))
            .map(([, id]) => id);
          for (const { id } of answer.verdicts) {
            const evidence = answer.verdicts.filter((one) => one.id === id).flatMap((one) => one.evidence);
            expect(evidence.filter((cited) => !isStored(cited))).toEqual([]);
            expect(without(evidence).map((one) => one.id)).not.toContain(id);
          }
        }
        expect(said).toEqual(meant);
        if (TEACHING.has(name)) missWhatIsDropped([...opened.values()]);
      } finally {
        await recorded.close();
      }
    },
  );
});
