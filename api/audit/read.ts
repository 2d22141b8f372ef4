import type { SelectOptions, Store } from '../../core/store/store.ts';
import { askedNumber } from '../access/about.ts';

export interface AuditQuestion {
  readonly who?: string;
  readonly actions: readonly string[];
  /** A part of what was asked for; a number in any written form. */
  readonly about?: string;
  readonly sinceUs?: number;
  readonly untilUs?: number;
  readonly limit: number;
}

export interface AuditEntry {
  readonly atUs: number;
  readonly who: string;
  readonly via: string;
  readonly through: string;
  readonly address: string;
  readonly action: string;
  readonly about: string;
  readonly reason: string;
  readonly status: number;
}

/** Of a shorter one too many numbers are the beginning or end. */
const LEAST_PART = 5;

/** What was done, newest first. */
export async function readAudit(
  store: Pick<Store, 'select'>,
  { who, actions, about = '', sinceUs, untilUs, limit }: AuditQuestion,
  options: SelectOptions,
): Promise<AuditEntry[]> {
  const number = askedNumber(about);
  const conditions = [
    ...(who === undefined ? [] : ['who = {who:String}']),
    ...(actions.length === 0 ? [] : ['action IN {actions:Array(String)}']),
    ...(sinceUs === undefined ? [] : ['at >= fromUnixTimestamp64Micro({since:Int64})']),
    ...(untilUs === undefined ? [] : ['at <= fromUnixTimestamp64Micro({until:Int64})']),
    ...(about === '' ? [] : [number === undefined ? IN_TEXT : `(${IN_TEXT} OR ${IN_NUMBERS})`]),
  ];
  return store.select<AuditEntry>(
    `SELECT toInt64(toUnixTimestamp64Micro(at)) AS atUs, who, via, through, address, action, about, reason, status
     FROM audit ${conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`}
     ORDER BY at DESC, id DESC LIMIT {limit:UInt32}`,
    {
      limit,
      ...(who === undefined ? {} : { who }),
      ...(actions.length === 0 ? {} : { actions }),
      ...(sinceUs === undefined ? {} : { since: sinceUs }),
      ...(untilUs === undefined ? {} : { until: untilUs }),
      ...(about === '' ? {} : { about }),
      ...(number === undefined ? {} : { number }),
    },
    options,
  );
}

const IN_TEXT = 'positionCaseInsensitiveUTF8(about, {about:String}) > 0';
/** The number itself, with what is dialled before it or without; a part of it, as its end was typed or its beginning. */
const IN_NUMBERS = `arrayExists(
  one -> position(one, {number:String}) > 0 OR (length(one) >= ${LEAST_PART} AND position({number:String}, one) > 0),
  splitByChar(' ', trim(numbers)))`;
