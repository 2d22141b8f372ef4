import createValidators from '@fastify/ajv-compiler';
import createSerializers from '@fastify/fast-json-stringify-compiler';
import type { FastifyServerOptions } from 'fastify';

type Factories = NonNullable<NonNullable<FastifyServerOptions['schemaController']>['compilersFactory']>;
type BuildSerializer = NonNullable<Factories['buildSerializer']>;
type Serializer = ReturnType<ReturnType<BuildSerializer>>;

const build = createSerializers() as BuildSerializer;
const known = new WeakMap<object, Serializer>();

/** The compiler of fastify's own, whose work is kept: a schema of ours is never changed, and the same for every server. */
const buildSerializer: BuildSerializer = (external, options) => {
  const compile = build(external, options);
  return (route) => {
    const before = known.get(route.schema as object);
    if (before !== undefined) return before;
    const made = compile(route);
    known.set(route.schema as object, made);
    return made;
  };
};

/** Fastify's own compilers of schemas, one for all servers of this process: compiling is most of what it takes to make one. */
export const compilers: Factories = {
  buildValidator: createValidators() as NonNullable<Factories['buildValidator']>,
  buildSerializer,
};
