import { type NodeKey, nodeText } from '../../core/model/edge.ts';
import { readHolds } from '../../core/privacy/holds.ts';
import { type EraseJob, readOpenJobs, writeJob } from '../../core/privacy/jobs.ts';
import { quoted, quotedList } from '../../core/store/quoted.ts';
import type { Store } from '../../core/store/store.ts';
import { deleteWhere } from './delete.ts';
import { legsWithNumber, looseRows } from './find-number.ts';
import { inParts, placesOf } from './places.ts';

export interface EraseDeps {
  readonly store: Store;
  /** Epoch µs. */
  readonly now: () => number;
  /** How long what was on its way may still come, and the linker may still write of what it remembers; µs. */
  readonly settleUs: number;
  readonly erased: (table: string, rows: number) => void;
}

/**
 * Takes every open job one step further, and answers how many are still open. Which legs go is written down before the
 * first row goes, so whatever dies in between, the next pass does all of it again and finds less to do.
 */
export async function workOnJobs(deps: EraseDeps): Promise<number> {
  let open = 0;
  for (const job of await readOpenJobs(deps.store)) {
    const { state } = await step(deps, job);
    if (state !== 'done' && state !== 'refused') open += 1;
  }
  return open;
}

async function step(deps: EraseDeps, job: EraseJob): Promise<EraseJob> {
  const { store, now, settleUs } = deps;
  const write = async (change: Partial<EraseJob>): Promise<EraseJob> => {
    const next = { ...job, ...change, version: Math.max(Math.floor(now()), job.version + 1) };
    await writeJob(store, next);
    return next;
  };
  const isSettled = job.state === 'settling' && now() - job.askedUs >= settleUs;
  if (job.state === 'settling' && !isSettled) return job;
  const nodes = [...new Set([...job.nodes, ...(await legsWithNumber(store, job.number))])].sort();
  const held = await heldBy(store, nodes);
  if (held.length > 0) {
    const refused = await write({ ...OVER, state: 'refused', message: refusal(held), legs: nodes.length });
    await forget(store, refused);
    return refused;
  }
  if (nodes.length > job.nodes.length || job.state === 'waiting') {
    job = await write({ state: 'erasing', nodes, legs: nodes.length });
  }
  const rows = job.rows + (await eraseAll(deps, nodes, job.number));
  if (!isSettled) return write({ state: 'settling', rows });
  const done = await write({ ...OVER, state: 'done', rows });
  await forget(store, done);
  return done;
}

const OVER = { number: '', nodes: [] } as const;

/** The versions before it name the number. */
const forget = async (store: Store, { id, version }: EraseJob): Promise<unknown> =>
  deleteWhere(store, 'privacy_jobs', `id = unhex('${id}') AND version < ${version}`, 'rewrite');

async function heldBy(store: Store, nodes: readonly NodeKey[]): Promise<string[]> {
  const wanted = new Set(nodes);
  return (await readHolds(store)).filter((hold) => hold.nodes.some((node) => wanted.has(node))).map(({ call }) => call);
}

const refusal = (calls: readonly string[]): string =>
  `Nothing was erased: ${calls.length === 1 ? 'a call is' : `${calls.length} calls are`} held (${calls.slice(0, 20).join(', ')}). Release ${calls.length === 1 ? 'it' : 'them'} first.`;

async function eraseAll({ store, erased }: EraseDeps, nodes: readonly NodeKey[], number: string): Promise<number> {
  let all = 0;
  const erase = async (table: Parameters<typeof deleteWhere>[1], where: string): Promise<void> => {
    const rows = await deleteWhere(store, table, where, 'rewrite');
    erased(table, rows);
    all += rows;
  };
  for (const { table, where } of await looseRows(store, number)) await erase(table, where);
  for (const some of inParts(nodes)) {
    for (const { table, where } of placesOf(some)) await erase(table, where);
    await eraseExamples(store, some.map(nodeText));
  }
  return all;
}

/** Calls that counts and alerts name as examples. */
async function eraseExamples(store: Store, texts: readonly string[]): Promise<void> {
  const samples = "JSONExtract(samples, 'Array(String)')";
  const list = quotedList(texts);
  const where = `samples != '' AND hasAny(${samples}, [${list}])`;
  const [counts] = await store.select<{ n: number | string }>(`SELECT count() AS n FROM outcomes WHERE ${where}`);
  if (Number(counts?.n ?? 0) > 0) {
    await store.command(
      `ALTER TABLE outcomes UPDATE samples = toJSONString(arrayFilter(one -> one NOT IN (${list}), ${samples}))
       WHERE ${where} SETTINGS mutations_sync = 2`,
    );
  }
  const asJson = texts.map((text) => JSON.stringify(text));
  const alerts = await store.select<{ text: string }>(
    `SELECT arrayJoin(arrayFilter(one -> position(body, one) > 0, [${quotedList(asJson)}])) AS text FROM alerts GROUP BY text`,
  );
  for (const { text } of alerts) {
    // An element of an array, with the comma on either side of it.
    const gone = `replaceAll(replaceAll(replaceAll(body, ${quoted(`${text},`)}, ''), ${quoted(`,${text}`)}, ''), ${quoted(text)}, '')`;
    await store.command(
      `ALTER TABLE alerts UPDATE body = ${gone} WHERE position(body, ${quoted(text)}) > 0 SETTINGS mutations_sync = 2`,
    );
  }
}
