import { Type } from 'typebox';
import { strict } from './types.ts';

export const Privacy = Type.Object(
  {
    key: Type.Optional(Type.String({ minLength: 32 })),
    keyFile: Type.Optional(Type.String({ minLength: 1 })),
    mask: Type.Optional(Type.Array(Type.Enum(['reader', 'operator', 'admin']))),
    showDigits: Type.Optional(
      Type.Object(
        {
          first: Type.Optional(Type.Integer({ minimum: 0, maximum: 6 })),
          last: Type.Optional(Type.Integer({ minimum: 0, maximum: 4 })),
        },
        strict,
      ),
    ),
  },
  strict,
);
