import Fastify from 'fastify';
import { expect, test } from 'vitest';
import { compilers } from '../../api/compilers.ts';

/** A server with one route, whose answer and question have these schemas. */
async function serve(answer: object, querystring: object) {
  const app = Fastify({ schemaController: { compilersFactory: compilers } });
  app.get('/', { schema: { querystring, response: { 200: answer } } }, () => ({ a: '1', b: 2 }));
  await app.ready();
  return app;
}

const of = (properties: Record<string, object>): object => ({ type: 'object', properties });
const A = of({ a: { type: 'string' } });
const LIMIT = of({ limit: { type: 'integer' } });

test('servers of one process share what was compiled of one schema, and each has its own of another', async () => {
  const [one, same, other] = [
    await serve(A, LIMIT),
    await serve(A, LIMIT),
    await serve(of({ b: { type: 'integer' } }), of({ limit: { type: 'boolean' } })),
  ];
  const bodies = async (app: typeof one) => (await app.inject('/')).body;
  expect([await bodies(one), await bodies(same), await bodies(other)]).toEqual(['{"a":"1"}', '{"a":"1"}', '{"b":2}']);
  const status = async (app: typeof one, limit: string) => (await app.inject(`/?limit=${limit}`)).statusCode;
  expect([await status(one, '7'), await status(same, '7'), await status(other, '7')]).toEqual([200, 200, 400]);
  expect([await status(one, 'true'), await status(same, 'true'), await status(other, 'true')]).toEqual([400, 400, 200]);
  await Promise.all([one, same, other].map((app) => app.close()));
});
