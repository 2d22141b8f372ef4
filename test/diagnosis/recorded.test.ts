import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { openRecorded } from '../api/recorded.ts';
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
};

interface Truth {
  readonly calls: readonly {
    readonly description: string;
    readonly legs: readonly { readonly call_id: string }[];
    readonly channels?: readonly { readonly uuid: string }[];
  }[];
}

function truthOf(name: string): Truth {
  const path = fileURLToPath(new URL(`../recordings/${name}/truth.json.gz`, import.meta.url));
  return JSON.parse(gunzipSync(readFileSync(path)).toString()) as Truth;
}

describe('recorded calls', () => {
  test.each(Object.entries(EXPECTED))(
    'recording %s: each call has its verdict, and the healthy ones have none',
    async (name, expected) => {
      const recorded = await openRecorded([name]);
      try {
        const said: Record<string, readonly string[]> = {};
        const meant: Record<string, readonly string[]> = {};
        for (const [i, { description, legs, channels }] of truthOf(name).calls.entries()) {
          const key = legs[0]?.call_id ?? channels?.[0]?.uuid;
          if (key === undefined) throw new Error(`${description}: no key`);
          const { answer, isStored, without } = await diagnosedAt(recorded.store, key);
          const title = `${i}: ${description}`;
          said[title] = [...new Set(answer.verdicts.map(({ id }) => id))].sort();
          meant[title] = Object.entries(expected)
            .filter(([words]) => description.includes(words))
            .map(([, id]) => id);
          for (const { id } of answer.verdicts) {
            const evidence = answer.verdicts.filter((one) => one.id === id).flatMap((one) => one.evidence);
            expect(evidence.filter((cited) => !isStored(cited))).toEqual([]);
            expect(without(evidence).map((one) => one.id)).not.toContain(id);
          }
        }
        expect(said).toEqual(meant);
      } finally {
        await recorded.close();
      }
    },
  );
});
