import type { TrueGroup } from './score.ts';

/** What a recording's truth.json says, as far as the judge uses it. */
export interface Truth {
  readonly calls: number;
  readonly legs: number;
  readonly groups: readonly TrueGroup[];
  /** Call-IDs and channels of no call. */
  readonly outsiders: ReadonlySet<string>;
  /** A number that a call is searched by, with the identifiers of which one must be in a result. */
  readonly searches: readonly { readonly number: string; readonly identifiers: readonly string[] }[];
}

interface LegJson {
  readonly call_id: string;
  readonly method: string;
  readonly fs_channels?: readonly { readonly uuid: string }[];
  readonly asterisk_channels?: readonly { readonly uniqueid: string }[];
}

interface CallJson {
  readonly key: readonly string[];
  readonly description: string;
  readonly legs: readonly LegJson[];
  readonly channels?: readonly { readonly uuid: string }[];
  readonly asterisk_channels?: readonly { readonly uniqueid: string }[];
}

interface TruthJson {
  readonly calls: readonly CallJson[];
  readonly other_sip?: readonly { readonly call_id: string }[];
  readonly unassigned_channels?: readonly { readonly uuid?: string }[];
}

export interface TruthOptions {
  /** Uniqueids of Asterisk channels count as identifiers: for a product that listens to AMI. */
  readonly uniqueids?: boolean;
}

/** Reads a parsed truth.json. Throws when it is none. */
export function readTruth(json: unknown, options: TruthOptions = {}): Truth {
  if (!isTruth(json)) throw new Error('truth.json has no "calls"');
  const groups = json.calls.flatMap((call) => groupsOf(call, options));
  const outsiders = new Set<string>();
  for (const { call_id } of json.other_sip ?? []) outsiders.add(call_id);
  for (const { uuid } of json.unassigned_channels ?? []) if (uuid !== undefined) outsiders.add(uuid);
  return {
    calls: json.calls.length,
    legs: json.calls.reduce((sum, { legs }) => sum + legs.length, 0),
    groups,
    outsiders,
    searches: json.calls.flatMap((call) =>
      call.key
        .filter((key) => /^\+?[0-9*#]{2,}$/.test(key))
        .map((number) => ({ number, identifiers: identifiersOf(call, options) })),
    ),
  };
}

/** Registrations, messages and subscriptions are no calls: each dialog of such an entry stands alone. */
function groupsOf(call: CallJson, options: TruthOptions): TrueGroup[] {
  const label = `${call.key.join(' ')} (${call.description})`;
  if (call.legs.some(({ method }) => method === 'INVITE') || call.legs.length === 0) {
    return [{ label, identifiers: identifiersOf(call, options) }];
  }
  return call.legs.map(({ call_id, method }) => ({ label: `${method} of ${label}`, identifiers: [call_id] }));
}

function identifiersOf(call: CallJson, { uniqueids = false }: TruthOptions): string[] {
  const found = new Set<string>();
  for (const leg of call.legs) {
    found.add(leg.call_id);
    for (const { uuid } of leg.fs_channels ?? []) found.add(uuid);
    if (uniqueids) for (const { uniqueid } of leg.asterisk_channels ?? []) found.add(uniqueid);
  }
  for (const { uuid } of call.channels ?? []) found.add(uuid);
  if (uniqueids) for (const { uniqueid } of call.asterisk_channels ?? []) found.add(uniqueid);
  return [...found];
}

/** The file is made by the recorder; its outline is looked at to tell a wrong file from a right one. */
function isTruth(json: unknown): json is TruthJson {
  return typeof json === 'object' && json !== null && 'calls' in json && Array.isArray(json.calls);
}
