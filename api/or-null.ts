import { type Static, type TSchema, Type } from 'typebox';

/**
 * What a field holds, or null. Of a plain type it is one type with two names, which the serialiser tells apart by a look;
 * of a union it asks a validator, for each value, and a long ladder has 100,000 of them.
 */
export function orNull<T extends TSchema>(schema: T, options: { readonly description?: string } = {}) {
  const { type } = schema as { readonly type?: string };
  const isPlain = type !== undefined && type !== 'object' && type !== 'array';
  return Type.Unsafe<Static<T> | null>(
    isPlain ? { ...schema, ...options, type: [type, 'null'] } : Type.Union([schema, Type.Null()], { ...options }),
  );
}
