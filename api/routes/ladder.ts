import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { FoundCall } from '../../core/call/find.ts';
import { readAllHostNames } from '../../core/call/read/facts.ts';
import { inTurns } from '../../core/runtime/in-turns.ts';
import { askedBy } from '../access/fence.ts';
import { VIEW } from '../access/route.ts';
import { answerAs, errorsAs } from '../answers.ts';
import { presentSummary } from '../call/present.ts';
import type { RouteDeps } from '../deps.ts';
import { diagnosisOf } from '../diagnosis/diagnosis.ts';
import { Diagnosis } from '../diagnosis-schemas.ts';
import { buildLadder } from '../ladder/build.ts';
import { SHOW_WORDS, showParameter } from '../ladder/show.ts';
import type { DrawnLeg } from '../ladder/svg/legs.ts';
import { drawNotice } from '../ladder/svg/notice.ts';
import { drawLadder } from '../ladder/svg/picture.ts';
import { THEMES, type Theme } from '../ladder/svg/theme.ts';
import { integerParameter } from '../parameters.ts';
import { sent, shownTo } from '../privacy/privacy.ts';
import { badParameter, HttpProblem } from '../problem.ts';
import { CallSummary, Ladder, Leg } from '../schemas.ts';

const WIDTH = { min: 300, max: 4000, fallback: 1100 } as const;
const MAX = { min: 2, max: 2000, fallback: 200 } as const;

const Params = Type.Object({ key: Type.String({ description: 'A Call-ID or channel UUID, URL-encoded' }) });
const Query = Type.Object({
  theme: Type.Optional(
    Type.String({
      description: '"light" (default), "dark", or "auto": the colour scheme of the page around the picture',
    }),
  ),
  width: Type.Optional(Type.String({ description: 'Pixels, 300 to 4000, default 1100' })),
  show: Type.Optional(Type.String({ description: `What is drawn, ${SHOW_WORDS}` })),
  max: Type.Optional(
    Type.String({ description: 'Steps drawn at most, 2 to 2000, default 200: the first and the last ones' }),
  ),
  guesses: Type.Optional(
    Type.Boolean({
      description: 'Join legs without proof where one candidate alone fits; default: correlation.guesses',
    }),
  ),
});

/**
 * The picture may be opened on its own, so it gets the rights of nothing; `style-src` is for its own style sheet.
 * https://www.w3.org/TR/CSP3/#directive-sandbox
 */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'";
const TYPE = 'image/svg+xml';
const SVG = `${TYPE}; charset=utf-8`;

/** A call that is over may still be completed by late evidence, and an open one grows. */
const [OVER_S, OPEN_S] = [60, 2];

/** What a dashboard asks for before a call is chosen on it. */
const NOBODY = new HttpProblem(404, 'no_call', 'No call is chosen yet. Its Call-ID belongs before ".svg".');

export const ladderRoutes = (deps: RouteDeps): FastifyPluginAsyncTypebox => {
  const { store, hosts, find } = deps;
  return async (app) => {
    app.get(
      '/ladder/:key.svg',
      {
        config: VIEW,
        schema: {
          summary: 'The ladder of the call as a picture (SVG), for an <img>',
          description: 'Every answer is a picture, also that of an error: it says in a sentence what is wrong.',
          produces: [TYPE],
          params: Params,
          querystring: Query,
          response: { 200: answerAs('The picture', TYPE), ...errorsAs(TYPE) },
        },
        onSend: asPicture,
      },
      async (request, reply) => {
        const { query } = request;
        if (request.params.key.trim() === '') throw NOBODY;
        const theme = themeOf(query.theme);
        const width = integerParameter('width', query.width, WIDTH);
        const max = integerParameter('max', query.max, MAX);
        const filter = showParameter(query.show);
        const options = askedBy(request, reply);
        const names = readAllHostNames(store, options);
        // Whoever is waited for first may fail first.
        names.catch(() => undefined);
        const wishes = query.guesses === undefined ? {} : { guesses: query.guesses };
        const { call } = await find(request.params.key, wishes, options);
        const [whole, diagnosis] = await Promise.all([
          buildLadder(store, call, hosts, options, names),
          diagnosisOf(store, call, Date.now() * 1000, options),
        ]);
        const ladder = await shownTo(request, Ladder, whole);
        const { verdicts } = await shownTo(request, Diagnosis, diagnosis);
        const summary = await shownTo(request, CallSummary, presentSummary(call));
        const legs = await shownTo(request, Type.Array(Leg), call.legs.map(drawnLeg));
        const drawn = { summary, legs, verdicts, startUs: call.facts.startedUs };
        const age = summary.outcome === 'in_progress' ? OPEN_S : OVER_S;
        const picture = await inTurns(drawLadder(drawn, ladder, { width, theme, filter, max }));
        return sent(reply).header('content-type', SVG).header('cache-control', `private, max-age=${age}`).send(picture);
      },
    );
  };
};

function drawnLeg(leg: FoundCall['legs'][number]): DrawnLeg {
  return {
    id: leg.id,
    callId: leg.callId ?? null,
    channels: leg.channels,
    from: leg.from,
    to: leg.to,
    outcome: leg.outcome,
    finalStatus: leg.finalStatus ?? null,
    hangupCause: leg.hangupCause ?? null,
  };
}

function themeOf(value = ''): Theme {
  if (value === '') return 'light';
  const theme = THEMES.find((one) => one === value);
  if (theme === undefined) throw badParameter('theme', `must be light, dark or auto, not "${value.slice(0, 100)}".`);
  return theme;
}

/** The policy of a picture; and a problem, which the server answers as JSON, as a picture of its sentence. */
async function asPicture(request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> {
  reply.header('content-security-policy', POLICY);
  if (reply.statusCode < 400 || typeof payload !== 'string') return payload;
  const { message } = JSON.parse(payload) as { message: string };
  const { theme, width } = request.query as { theme?: string; width?: string };
  const wanted = Number(width);
  const sheet = {
    theme: THEMES.find((one) => one === theme) ?? 'light',
    width: Number.isInteger(wanted) && wanted >= WIDTH.min && wanted <= WIDTH.max ? wanted : WIDTH.fallback,
  };
  const picture = drawNotice(message, sheet);
  reply.headers({ 'content-type': SVG, 'cache-control': 'no-store', 'content-length': Buffer.byteLength(picture) });
  return picture;
}
