import { Readable } from 'node:stream';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import type { FoundCall } from '../../core/call/find.ts';
import { DEFAULT_FILTER, type Filter } from '../../core/ladder/filter.ts';
import { LEVELS } from '../../core/ladder/words.ts';
import { pcapChunks } from '../../core/pcap/write.ts';
import { hideKey } from '../../core/privacy/call-key.ts';
import { inTurns } from '../../core/runtime/in-turns.ts';
import { hiddenOf } from '../../core/runtime/sight.ts';
import type { SelectOptions } from '../../core/store/store.ts';
import { askedBy } from '../access/fence.ts';
import { EXPORT } from '../access/route.ts';
import { answerAs } from '../answers.ts';
import type { RouteDeps } from '../deps.ts';
import { Diagnosis } from '../diagnosis-schemas.ts';
import { drawCall } from '../export/draw.ts';
import { readEventDetails } from '../export/event-details.ts';
import { pageOf } from '../export/page/document.ts';
import { POLICY } from '../export/page/style.ts';
import { textOf } from '../export/text.ts';
import { readWhole, type WholeCall } from '../export/whole.ts';
import { messagesForPcap } from '../ladder/pcap.ts';
import { hidePackets } from '../privacy/packets.ts';
import { sent, shownTo } from '../privacy/privacy.ts';
import { Call, Ladder, Problem, StepDetail } from '../schemas.ts';

const Params = Type.Object({ key: Type.String({ description: 'A Call-ID or channel UUID, URL-encoded' }) });
const Query = Type.Object({
  guesses: Type.Optional(
    Type.Boolean({
      description: 'Join legs without proof where one candidate alone fits; default: correlation.guesses',
    }),
  ),
  masked: Type.Optional(
    Type.Boolean({
      description:
        'true: tokens stand for numbers and names, also for whoever may see them. Whoever may not gets tokens in any case',
    }),
  ),
});
const TextQuery = Type.Object({
  ...Query.properties,
  every: Type.Optional(
    Type.Boolean({ description: 'true: events of little note and log lines below a warning have a line as well' }),
  ),
});
const Whole = Type.Object({
  ...{ call: Call, ladder: Ladder, diagnosis: Diagnosis },
  events: Type.Array(StepDetail, {
    description: 'The events of the ladder with their headers and variables, by the ids of their steps',
  }),
});
const EVERYTHING: Filter = { ...DEFAULT_FILTER, everyEvent: true, level: LEVELS.length };
const errors = { 400: Problem, 404: Problem, 503: Problem, 504: Problem };
const config = { ...EXPORT, maskable: true } as const;

/** What a file is called at its end, and what it is. */
interface Kind {
  readonly extension: string;
  readonly type: string;
  readonly isText?: true;
}
const PCAP: Kind = { extension: 'pcap', type: 'application/vnd.tcpdump.pcap' };
const TEXT: Kind = { extension: 'txt', type: 'text/plain', isText: true };
const PICTURE: Kind = { extension: 'svg', type: 'image/svg+xml', isText: true };
const PAGE: Kind = { extension: 'html', type: 'text/html', isText: true };

/** A call to take along, as a file. */
export const exportRoutes = (deps: RouteDeps): FastifyPluginAsyncTypebox => {
  const { store } = deps;
  const find = (key: string, { guesses }: Static<typeof Query>, options: SelectOptions) =>
    deps.find(key, guesses === undefined ? {} : { guesses }, options);
  const schema = (summary: string, type: string) => ({
    ...{ summary, produces: [type], params: Params, querystring: Query },
    response: { 200: answerAs(summary, type), ...errors },
  });

  return async (app) => {
    app.get(
      '/api/calls/:key/export.pcap',
      {
        config,
        schema: schema('The SIP messages of the call as a capture file for Wireshark', PCAP.type),
      },
      async (request, reply) => {
        const options = askedBy(request, reply);
        const { call } = await find(request.params.key, request.query, options);
        const messages = hidePackets(await messagesForPcap(store, call, options), options);
        return taken(reply, call, PCAP, options).send(Buffer.concat([...pcapChunks(messages)]));
      },
    );

    app.get(
      '/api/calls/:key/export.txt',
      {
        config,
        schema: {
          ...schema('The ladder of the call as plain text, for a ticket', TEXT.type),
          querystring: TextQuery,
        },
      },
      async (request, reply) => {
        const options = askedBy(request, reply);
        const open = await find(request.params.key, request.query, options);
        const whole = await shown(request, await readWhole(deps, open, options));
        const filter = request.query.every === true ? EVERYTHING : DEFAULT_FILTER;
        const text = await inTurns(textOf(whole, filter));
        return taken(reply, open.call, TEXT, options).send(text);
      },
    );

    app.get(
      '/api/calls/:key/export.svg',
      { config, schema: schema('The ladder of the call as a picture', PICTURE.type) },
      async (request, reply) => {
        const options = askedBy(request, reply);
        const open = await find(request.params.key, request.query, options);
        const whole = await shown(request, await readWhole(deps, open, options));
        const picture = await inTurns(drawCall(whole, { theme: 'light' }));
        return taken(reply, open.call, PICTURE, options).send(picture);
      },
    );

    app.get(
      '/api/calls/:key/export.html',
      {
        config,
        schema: schema(
          'The whole call as one HTML file: story, diagnosis, ladder, messages, events and log lines',
          PAGE.type,
        ),
        // After the policy that every answer has: this page runs nothing and asks for nothing, here as on a disk.
        onSend: async (_request, reply, payload) => {
          reply.header('content-security-policy', `${POLICY}; sandbox; frame-ancestors 'none'`);
          return payload;
        },
      },
      async (request, reply) => {
        const options = askedBy(request, reply);
        const open = await find(request.params.key, request.query, options);
        const [whole, events] = await Promise.all([
          readWhole(deps, open, options),
          readEventDetails(store, open.call, options),
        ]);
        const page = pageOf({
          ...(await shown(request, whole)),
          events: await shownTo(request, Type.Array(StepDetail), events),
          ...{ masked: request.sight.hidden !== undefined, version: deps.version },
        });
        return taken(reply, open.call, PAGE, options).send(Readable.from(page));
      },
    );

    app.get(
      '/api/calls/:key/export.json',
      {
        config,
        schema: {
          summary: 'The whole call as one JSON document',
          params: Params,
          querystring: Query,
          response: { 200: Whole, ...errors },
        },
      },
      async (request, reply) => {
        const options = askedBy(request, reply);
        const open = await find(request.params.key, request.query, options);
        reply.header('content-disposition', disposition(open.call, 'json', options));
        const [whole, events] = await Promise.all([
          readWhole(deps, open, options),
          readEventDetails(store, open.call, options),
        ]);
        return { ...whole, events };
      },
    );
  };
};

/** As it is shown to who asks, where no schema of the route sees to it. */
async function shown(request: FastifyRequest, { call, ladder, diagnosis }: WholeCall): Promise<WholeCall> {
  return {
    call: await shownTo(request, Call, call),
    ladder: await shownTo(request, Ladder, ladder),
    diagnosis: await shownTo(request, Diagnosis, diagnosis),
  };
}

/** An answer that the browser keeps as a file, shown already to who asks. */
const taken = (reply: FastifyReply, call: FoundCall, { extension, type, isText }: Kind, options: SelectOptions) =>
  sent(reply)
    .header('content-type', isText === true ? `${type}; charset=utf-8` : type)
    .header('content-disposition', disposition(call, extension, options));

/** The file name is made of harmless characters only, whatever the Call-ID holds. */
function disposition(call: FoundCall, extension: string, options: SelectOptions): string {
  const hidden = hiddenOf(options);
  const { id } = call.facts.root;
  const name =
    (hidden === undefined ? id : hideKey(id, hidden.tokens)).replace(/[^A-Za-z0-9._-]+/g, '_').slice(0, 80) || 'call';
  return `attachment; filename="${name}.${extension}"`;
}
