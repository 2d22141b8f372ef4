import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { USER_ROLES } from '../../core/config/config.ts';
import { CHEAP } from '../access/route.ts';
import { may } from '../access/viewer.ts';
import { orNull } from '../or-null.ts';
import { HttpProblem } from '../problem.ts';
import { Problem } from '../schemas.ts';
import { HIDES_ITSELF } from './privacy.ts';
import { shown } from './shown.ts';

/** Tokens of one request: a page of them. What is more is a list that somebody makes. */
const MAX_TOKENS = 50;
const LEAST_REASON = 10;
const MAX_REASON = 500;

const Plain = Type.String(shown('plain'));

export const Me = Type.Object({
  name: Type.String({ description: '"" for whoever gave none where none is needed', ...shown('plain') }),
  role: Type.Enum([...USER_ROLES]),
  tenants: orNull(Type.Array(Plain), { description: 'Whose calls alone are shown; null for all' }),
  hidden: Type.Boolean({ description: 'Whether numbers and names are shown as tokens' }),
  mayReveal: Type.Boolean({ description: 'Whether POST /api/reveal answers' }),
});

const Asked = Type.Object(
  {
    tokens: Type.Array(Type.String({ maxLength: 4100 }), { minItems: 1, maxItems: MAX_TOKENS }),
    reason: Type.String({
      maxLength: MAX_REASON,
      description: `Why, in ${LEAST_REASON} characters at least; it is kept`,
    }),
  },
  { additionalProperties: false },
);

const Revealed = Type.Object({
  values: Type.Array(
    Type.Object({
      token: Plain,
      value: orNull(Plain, { description: 'null for what is no token of this site' }),
    }),
  ),
});

/** Who somebody is to the API, and what a token stands for. */
export const revealRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/api/me',
    { config: CHEAP, schema: { summary: 'Who asks, and what is shown to him', response: { 200: Me } } },
    async ({ viewer, sight }) => ({
      name: viewer.name,
      role: viewer.role,
      tenants: viewer.tenants === undefined ? null : [...viewer.tenants],
      hidden: sight.hidden !== undefined,
      mayReveal: sight.tokens !== undefined && may(viewer, 'operator'),
    }),
  );

  app.post(
    '/api/reveal',
    {
      config: { ...HIDES_ITSELF.config, act: 'none', cost: 'request', least: 'operator' },
      schema: {
        summary: 'What tokens stand for: for operators, with a reason, which is kept with their name',
        body: Asked,
        response: { 200: Revealed, 400: Problem, 403: Problem },
      },
    },
    async (request) => {
      const { viewer, sight, body } = request;
      const { tokens } = sight;
      if (!may(viewer, 'operator')) {
        throw new HttpProblem(403, 'no_operator', 'What a token stands for is told to operators and admins only.');
      }
      if (tokens === undefined) {
        throw new HttpProblem(400, 'no_tokens', 'There are no tokens here, as no privacy.key is configured.');
      }
      const reason = body.reason.trim();
      if (reason.length < LEAST_REASON) {
        throw new HttpProblem(
          400,
          'no_reason',
          `Say why, in ${LEAST_REASON} characters at least: it is kept with your name.`,
        );
      }
      const asked = [...new Set(body.tokens)];
      const values = asked.map((token) => ({ token, value: tokens.read(token) ?? null }));
      for (const { token, value } of values)
        if (value !== null) request.note({ action: 'reveal', about: token, reason });
      return { values };
    },
  );
};
