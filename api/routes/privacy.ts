import { randomBytes } from 'node:crypto';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { isLeg } from '../../core/model/edge.ts';
import { numberForms } from '../../core/model/number.ts';
import { type Hold, readHolds, writeHold } from '../../core/privacy/holds.ts';
import { type EraseJob, JOB_STATES, readJob, writeJob } from '../../core/privacy/jobs.ts';
import { askedBy } from '../access/fence.ts';
import type { RouteDeps } from '../deps.ts';
import { badParameter, HttpProblem } from '../problem.ts';
import { Problem } from '../schemas.ts';
import { isoOf } from '../time.ts';

const Reason = Type.String({ minLength: 3, maxLength: 1000, description: 'Why, for the audit' });

const Job = Type.Object({
  id: Type.String(),
  state: Type.Enum([...JOB_STATES]),
  asked: Type.String({ description: 'ISO 8601, UTC' }),
  who: Type.String(),
  reason: Type.String(),
  legs: Type.Integer({ description: 'Legs that were found so far' }),
  rows: Type.Integer({ description: 'Rows that were deleted so far' }),
  message: Type.String({ description: 'Why it was refused' }),
});

const HoldAnswer = Type.Object({
  call: Type.String({ description: 'The Call-ID or channel UUID that it is held by' }),
  since: Type.String({ description: 'ISO 8601, UTC' }),
  who: Type.String(),
  reason: Type.String(),
  legs: Type.Integer(),
});

const Key = Type.Object({ key: Type.String({ description: 'A Call-ID or channel UUID, URL-encoded' }) });
const errors = { 400: Problem, 403: Problem, 404: Problem, 503: Problem, 504: Problem };
const ADMIN = { act: 'none', least: 'admin', wholeSite: true } as const;

/** What is kept of people, and what must be (docs/privacy.md). */
export const privacyRoutes = (deps: RouteDeps): FastifyPluginAsyncTypebox => {
  const { store } = deps;

  return async (app) => {
    app.post(
      '/api/privacy/erase',
      {
        config: ADMIN,
        schema: {
          summary: 'Erases every call in which a number stands; the answer names the job that does it',
          body: Type.Object({
            number: Type.String({ minLength: 2, maxLength: 64, description: 'In any written form' }),
            reason: Reason,
          }),
          response: { 202: Job, ...errors },
        },
      },
      async (request, reply) => {
        const { number, reason } = request.body;
        request.note({ action: 'erase', about: number, reason });
        if (numberForms(number) === undefined) throw badParameter('number', 'must be a telephone number.');
        const nowUs = Date.now() * 1000;
        const who = request.viewer.name;
        const job: EraseJob = {
          ...{ id: randomBytes(8).toString('hex'), version: nowUs, askedUs: nowUs, state: 'waiting', who, reason },
          ...{ number, nodes: [], legs: 0, rows: 0, message: '' },
        };
        await writeJob(store, job);
        return reply.code(202).send(shownJob(job));
      },
    );

    app.get(
      '/api/privacy/jobs/:id',
      {
        config: ADMIN,
        schema: {
          summary: 'How far an erasure has come',
          params: Type.Object({ id: Type.String({ pattern: '^[0-9a-f]{16}$' }) }),
          response: { 200: Job, ...errors },
        },
      },
      async (request, reply) => {
        const job = await readJob(store, request.params.id, askedBy(request, reply));
        if (job === undefined) throw new HttpProblem(404, 'unknown_job', 'There is no such job.');
        return shownJob(job);
      },
    );

    app.get(
      '/api/holds',
      {
        config: ADMIN,
        schema: {
          summary: 'Calls that are kept whatever retention says',
          response: { 200: Type.Object({ holds: Type.Array(HoldAnswer) }), ...errors },
        },
      },
      async (request, reply) => {
        return { holds: (await readHolds(store, askedBy(request, reply))).map(shownHold) };
      },
    );

    app.put(
      '/api/holds/:key',
      {
        config: ADMIN,
        schema: {
          summary: 'Keeps a call until it is released',
          params: Key,
          body: Type.Object({ reason: Reason }),
          response: { 200: HoldAnswer, ...errors },
        },
      },
      async (request, reply) => {
        const { key } = request.params;
        const { reason } = request.body;
        request.note({ action: 'hold', about: key, reason });
        const { call } = await deps.find(key, { logs: false }, askedBy(request, reply));
        const nowUs = Date.now() * 1000;
        const known = (await readHolds(store, askedBy(request, reply))).find((hold) => hold.call === key);
        const hold: Hold = {
          ...{ call: key, sinceUs: known?.sinceUs ?? nowUs, who: request.viewer.name, reason },
          version: Math.max(nowUs, (known?.version ?? 0) + 1),
          nodes: [...call.component.nodes].filter(isLeg).sort(),
        };
        await writeHold(store, hold);
        return shownHold(hold);
      },
    );

    app.delete(
      '/api/holds/:key',
      {
        config: ADMIN,
        schema: {
          summary: 'Releases a call: it goes when its time is over',
          params: Key,
          querystring: Type.Object({ reason: Reason }),
          response: { 200: HoldAnswer, ...errors },
        },
      },
      async (request, reply) => {
        const { key } = request.params;
        request.note({ action: 'release', about: key, reason: request.query.reason });
        const hold = (await readHolds(store, askedBy(request, reply))).find(({ call }) => call === key);
        if (hold === undefined) throw new HttpProblem(404, 'not_held', 'No call is held by that key: see /api/holds.');
        await writeHold(store, { ...hold, version: Math.max(Date.now() * 1000, hold.version + 1) }, true);
        return shownHold(hold);
      },
    );
  };
};

const shownJob = ({ id, state, askedUs, who, reason, legs, rows, message }: EraseJob) => ({
  ...{ id, state, asked: isoOf(askedUs), who, reason, legs, rows, message },
});

const shownHold = ({ call, sinceUs, who, reason, nodes }: Hold) => ({
  ...{ call, since: isoOf(sinceUs), who, reason, legs: nodes.length },
});
