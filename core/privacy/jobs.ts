import type { NodeKey } from '../model/edge.ts';
import type { SelectOptions, Store } from '../store/store.ts';

/**
 * Orders to erase a number. The API writes one down, the linker's role does it (indexer/privacy/erase.ts): so it goes on
 * after any death, and whoever asked needs not wait.
 * - waiting: nobody has looked at it
 * - erasing: the legs are known and written down, what is stored of them is going
 * - settling: all is gone that was stored; what was on its way when it was asked for may still come
 * - done, refused (something of it is held)
 */
export const JOB_STATES = ['waiting', 'erasing', 'settling', 'done', 'refused'] as const;
export type JobState = (typeof JOB_STATES)[number];

export interface EraseJob {
  /** 16 hex digits. */
  readonly id: string;
  /** Epoch µs; rises with every change. */
  readonly version: number;
  readonly askedUs: number;
  readonly state: JobState;
  readonly who: string;
  readonly reason: string;
  /** As it was typed; "" when the job is over. */
  readonly number: string;
  /** Legs that are to go; none when the job is over. */
  readonly nodes: readonly NodeKey[];
  /** How many legs were found so far. */
  readonly legs: number;
  /** Rows that were deleted so far. */
  readonly rows: number;
  /** For a person: why it was refused. */
  readonly message: string;
}

interface JobRow {
  key: string;
  version: number | string;
  asked_us: number | string;
  state: JobState;
  who: string;
  reason: string;
  number: string;
  nodes: string;
  legs: number;
  rows: number | string;
  message: string;
}

const NEWEST = `SELECT lower(hex(id)) AS key, version, toUnixTimestamp64Micro(asked) AS asked_us, state, who, reason, number, nodes,
  legs, rows, message FROM privacy_jobs`;

export async function readJob(store: Store, id: string, options?: SelectOptions): Promise<EraseJob | undefined> {
  const rows = await store.select<JobRow>(
    `${NEWEST} WHERE id = unhex({id:String}) ORDER BY version DESC LIMIT 1`,
    { id },
    options,
  );
  return rows.map(jobOf)[0];
}

/** Jobs that are not over, the oldest first. */
export async function readOpenJobs(store: Store): Promise<EraseJob[]> {
  const rows = await store.select<JobRow>(
    `SELECT * FROM (${NEWEST} ORDER BY version DESC LIMIT 1 BY key) WHERE state NOT IN ('done', 'refused') ORDER BY asked_us, key`,
  );
  return rows.map(jobOf);
}

export async function writeJob(store: Store, job: EraseJob): Promise<void> {
  const { id, version, askedUs, state, who, reason, number, nodes, legs, rows, message } = job;
  const row = { id, version, arrived: version, asked: askedUs, state, who, reason, number, legs, rows, message };
  const texts = nodes.length === 0 ? '' : JSON.stringify(nodes);
  await store.insert('privacy_jobs', [{ ...row, nodes: texts }], `privacy ${id} ${version}`);
}

const jobOf = (row: JobRow): EraseJob => ({
  id: row.key,
  version: Number(row.version),
  askedUs: Number(row.asked_us),
  state: row.state,
  who: row.who,
  reason: row.reason,
  number: row.number,
  nodes: row.nodes === '' ? [] : (JSON.parse(row.nodes) as NodeKey[]),
  legs: row.legs,
  rows: Number(row.rows),
  message: row.message,
});
