import { Type } from 'typebox';
import { strict } from './types.ts';

export const Access = Type.Object(
  {
    anonymous: Type.Optional(Type.Boolean()),
    users: Type.Optional(
      Type.Array(
        Type.Object(
          {
            name: Type.String({ pattern: '^[^:\\s]{1,100}$' }),
            secret: Type.String({ minLength: 12 }),
            role: Type.Optional(Type.Enum(['reader', 'operator', 'admin'])),
            tenants: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { minItems: 1 })),
          },
          strict,
        ),
      ),
    ),
  },
  strict,
);
