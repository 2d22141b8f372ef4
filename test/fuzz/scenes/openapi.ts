import fc from 'fast-check';
import type { Random } from '../bytes.ts';
import type { Fuzz } from '../fuzz.ts';
import { checkAnswer, hostileText } from '../http.ts';

interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
}

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly schema?: Schema }[];
  readonly hasBody: boolean;
  /** The statuses that it says it answers with. */
  readonly statuses: readonly string[];
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Record<string, unknown>>>>>;
}

const operationsOf = ({ paths }: Document): Operation[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      ...{ method: method.toUpperCase(), path, hasBody: operation.requestBody !== undefined },
      parameters: (operation.parameters ?? []) as Operation['parameters'],
      statuses: Object.keys((operation.responses ?? {}) as object),
    })),
  );

/** What the schema allows, and as often what it does not. */
function givenFor(schema: Schema = {}): fc.Arbitrary<string> {
  const right: fc.Arbitrary<string> =
    schema.enum !== undefined
      ? fc.constantFrom(...schema.enum.map(String))
      : schema.type === 'boolean'
        ? fc.constantFrom('true', 'false')
        : schema.type === 'integer' || schema.type === 'number'
          ? fc.integer({ min: schema.minimum ?? -10, max: schema.maximum ?? 1000 }).map(String)
          : fc.string({ maxLength: 60 });
  return fc.oneof(right, hostileText);
}

interface Asked {
  readonly operation: Operation;
  readonly values: readonly (readonly string[])[];
  readonly body: string;
  readonly authorization: string | undefined;
}

const requestOf = (operation: Operation): fc.Arbitrary<Asked> =>
  fc.record({
    operation: fc.constant(operation),
    // A parameter may be missing, and may be there more than once.
    values: fc.tuple(...operation.parameters.map(({ schema }) => fc.array(givenFor(schema), { maxLength: 2 }))),
    body: fc.oneof(fc.json(), fc.string(), hostileText),
    authorization: fc.option(
      fc.oneof(
        hostileText.map((text) => `Basic ${text}`),
        hostileText.map((text) => `Bearer ${text}`),
        fc.base64String().map((text) => `Basic ${text}`),
        hostileText,
      ),
      { nil: undefined, freq: 8 },
    ),
  });

async function send(httpUrl: string, { operation, values, body, authorization }: Asked): Promise<void> {
  let { path } = operation;
  const query = new URLSearchParams();
  for (const [i, { name, in: place }] of operation.parameters.entries()) {
    const given = values[i] ?? [];
    if (place === 'path') path = path.replace(`{${name}}`, encodeURIComponent(given[0] ?? 'x'));
    else if (place === 'query') for (const one of given) query.append(name, one);
  }
  const text = query.size === 0 ? path : `${path}?${query}`;
  const headers: Record<string, string> = {};
  // What no HTTP library lets through is sent over bare sockets elsewhere.
  if (authorization !== undefined) headers.authorization = authorization.replace(/[^\x20-\x7e]/g, '?').trim();
  if (operation.hasBody) headers['content-type'] = 'application/json';
  await checkAnswer(`${httpUrl}${text}`, operation.statuses, {
    method: operation.method,
    headers,
    ...(operation.hasBody ? { body } : {}),
  });
}

/** Requests, right and wrong, that Calltrail's own OpenAPI document describes. */
export const openapi: Fuzz = {
  name: 'openapi',
  async round({ httpUrl }, random: Random) {
    const document = (await (await fetch(`${httpUrl}/api/openapi.json`)).json()) as Document;
    const operations = operationsOf(document);
    await fc.assert(
      fc.asyncProperty(fc.oneof(...operations.map(requestOf)), (asked) => send(httpUrl, asked)),
      { seed: Math.floor(random() * 2 ** 31), numRuns: 60 },
    );
  },
};
