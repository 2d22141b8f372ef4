import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { type Static, Type } from 'typebox';
import type { FoundCall } from '../../core/call/find.ts';
import { MAX_FACTS, readAllHostNames } from '../../core/call/read/facts.ts';
import { pcapChunks } from '../../core/pcap/write.ts';
import { hideKey } from '../../core/privacy/call-key.ts';
import { hiddenOf } from '../../core/runtime/sight.ts';
import type { SelectOptions } from '../../core/store/store.ts';
import { askedBy } from '../access/fence.ts';
import { EXPORT, VIEW } from '../access/route.ts';
import { createCallFinder } from '../call/finder.ts';
import { presentCall } from '../call/present.ts';
import type { ApiDeps } from '../deps.ts';
import { diagnosisOf } from '../diagnosis/diagnosis.ts';
import { Diagnosis } from '../diagnosis-schemas.ts';
import { textOf } from '../export/text.ts';
import { buildLadder, MUCH_STEPS } from '../ladder/build.ts';
import { logsOf } from '../ladder/facts.ts';
import { readStep } from '../ladder/one-step.ts';
import { messagesForPcap } from '../ladder/pcap.ts';
import { createSiteReader } from '../near/site.ts';
import { hidePackets } from '../privacy/packets.ts';
import { sent, shownTo } from '../privacy/privacy.ts';
import { HttpProblem } from '../problem.ts';
import { Call, Ladder, LogsAnswer, Problem, StepDetail } from '../schemas.ts';
import { isoOf } from '../time.ts';

const Params = Type.Object({ key: Type.String({ description: 'A Call-ID or channel UUID, URL-encoded' }) });
const Query = Type.Object({
  guesses: Type.Optional(
    Type.Boolean({
      description: 'Join legs without proof where one candidate alone fits; default: correlation.guesses',
    }),
  ),
});
const LadderQuery = Type.Object({
  ...Query.properties,
  raw: Type.Optional(
    Type.Enum(['all', 'small'], {
      description: `"small" leaves the captured texts out of a ladder of more than ${MUCH_STEPS} steps; default "all"`,
    }),
  ),
});
const errors = { 400: Problem, 404: Problem, 503: Problem, 504: Problem };

export const callRoutes = (deps: ApiDeps): FastifyPluginAsyncTypebox => {
  const { store, hosts } = deps;
  const finder = createCallFinder(deps);
  const readSite = createSiteReader(deps.store);
  const find = (key: string, { guesses }: Static<typeof Query>, options: SelectOptions, logs = true) =>
    finder(key, { logs, ...(guesses === undefined ? {} : { guesses }) }, options);
  /** What an export holds. */
  const wholeOf = async ({ call, neighbours }: Awaited<ReturnType<typeof find>>, options: SelectOptions) => {
    const [shown, ladder, diagnosis] = await Promise.all([
      presentCall(call, neighbours, options),
      buildLadder(store, call, hosts, options),
      diagnosisOf(store, call, Date.now() * 1000, options, readSite(call, options)),
    ]);
    return { shown, ladder, diagnosis };
  };

  return async (app) => {
    app.get(
      '/api/calls/:key',
      {
        config: VIEW,
        schema: {
          summary: 'The call that an identifier belongs to',
          params: Params,
          querystring: Query,
          response: { 200: Call, ...errors },
        },
      },
      async (request, reply) => {
        const options = askedBy(request, reply);
        const { call, neighbours } = await find(request.params.key, request.query, options, false);
        return presentCall(call, neighbours, options);
      },
    );

    app.get(
      '/api/calls/:key/ladder',
      {
        config: VIEW,
        schema: {
          summary: 'Every message, event and log line of the call, in causal order',
          params: Params,
          querystring: LadderQuery,
          response: { 200: Ladder, ...errors },
        },
      },
      async (request, reply) => {
        const options = askedBy(request, reply);
        const names = readAllHostNames(store, options);
        // Whoever is waited for first may fail first.
        names.catch(() => undefined);
        const { call } = await find(request.params.key, request.query, options);
        const rawUpTo = request.query.raw === 'small' ? MUCH_STEPS : undefined;
        return buildLadder(store, call, hosts, options, names, rawUpTo);
      },
    );

    app.get(
      '/api/calls/:key/logs',
      {
        config: VIEW,
        schema: {
          summary: 'The log lines of every leg, in order',
          params: Params,
          querystring: Query,
          response: { 200: LogsAnswer, ...errors },
        },
      },
      async (request, reply) => {
        const options = askedBy(request, reply);
        const { call } = await find(request.params.key, request.query, options);
        const lines = await logsOf(store, call, options);
        return {
          lines: lines.map(({ id, atUs, node, channel, level, file, line, text }) => ({
            id,
            at: isoOf(atUs),
            node,
            channel: channel === '' ? null : channel,
            level,
            file,
            line,
            text,
          })),
          truncated: lines.length >= MAX_FACTS.logs,
        };
      },
    );

    app.get(
      '/api/calls/:key/steps/:id',
      {
        config: VIEW,
        schema: {
          summary: 'One step of the ladder with everything that is known of it',
          params: Type.Object({ key: Type.String(), id: Type.String({ pattern: '^[0-9a-f]{16}$' }) }),
          querystring: Query,
          response: { 200: StepDetail, ...errors },
        },
      },
      async (request, reply) => {
        const options = askedBy(request, reply);
        const { call } = await find(request.params.key, request.query, options);
        const { id } = request.params;
        const step = await readStep(store, call, id, options);
        if (step === undefined) throw new HttpProblem(404, 'unknown_step', `The call has no step "${id}".`);
        return step;
      },
    );

    app.get(
      '/api/calls/:key/export.pcap',
      {
        config: EXPORT,
        schema: {
          summary: 'The SIP messages of the call as a capture file for Wireshark',
          params: Params,
          querystring: Query,
        },
      },
      async (request, reply) => {
        const options = askedBy(request, reply);
        const { call } = await find(request.params.key, request.query, options);
        const messages = hidePackets(await messagesForPcap(store, call, options), options);
        return sent(reply)
          .header('content-type', 'application/vnd.tcpdump.pcap')
          .header('content-disposition', disposition(call, 'pcap', options))
          .send(Buffer.concat([...pcapChunks(messages)]));
      },
    );

    app.get(
      '/api/calls/:key/export.txt',
      {
        config: EXPORT,
        schema: { summary: 'The call as plain text for a ticket', params: Params, querystring: Query },
      },
      async (request, reply) => {
        const options = askedBy(request, reply);
        const { call, neighbours } = await find(request.params.key, request.query, options);
        const { shown, ladder, diagnosis } = await wholeOf({ call, neighbours }, options);
        return sent(reply)
          .header('content-type', 'text/plain; charset=utf-8')
          .header('content-disposition', disposition(call, 'txt', options))
          .send(
            textOf(
              shownTo(request, Call, shown),
              shownTo(request, Ladder, ladder),
              shownTo(request, Diagnosis, diagnosis),
            ),
          );
      },
    );

    app.get(
      '/api/calls/:key/export.json',
      {
        config: EXPORT,
        schema: {
          summary: 'The whole call as one JSON document',
          params: Params,
          querystring: Query,
          response: { 200: Type.Object({ call: Call, ladder: Ladder, diagnosis: Diagnosis }), ...errors },
        },
      },
      async (request, reply) => {
        const options = askedBy(request, reply);
        const { call, neighbours } = await find(request.params.key, request.query, options);
        const { shown, ladder, diagnosis } = await wholeOf({ call, neighbours }, options);
        reply.header('content-disposition', disposition(call, 'json', options));
        return { call: shown, ladder, diagnosis };
      },
    );
  };
};

/** The file name is made of harmless characters only, whatever the Call-ID holds. */
function disposition(call: FoundCall, extension: string, options: SelectOptions): string {
  const hidden = hiddenOf(options);
  const { id } = call.facts.root;
  const name =
    (hidden === undefined ? id : hideKey(id, hidden.tokens)).replace(/[^A-Za-z0-9._-]+/g, '_').slice(0, 80) || 'call';
  return `attachment; filename="${name}.${extension}"`;
}
