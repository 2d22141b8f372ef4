import { Type } from 'typebox';
import { Days, strict } from './types.ts';

export const Correlation = Type.Object(
  {
    headers: Type.Optional(Type.Array(Type.String({ pattern: "^[A-Za-z0-9!%*_+`'~.-]+$" }))),
    variables: Type.Optional(Type.Array(Type.String({ minLength: 1 }))),
    topologyHiding: Type.Optional(
      Type.Array(
        Type.Object(
          {
            kind: Type.Enum(['kamailio', 'opensips']),
            prefix: Type.Optional(Type.String({ minLength: 1 })),
            secret: Type.String({ minLength: 1 }),
          },
          strict,
        ),
      ),
    ),
    callbackRooms: Type.Optional(Type.Array(Type.String({ minLength: 1 }))),
    guesses: Type.Optional(Type.Boolean()),
    tenants: Type.Optional(
      Type.Array(
        Type.Object(
          {
            name: Type.String({ minLength: 1 }),
            nodes: Type.Optional(Type.Array(Type.String({ minLength: 1 }))),
            domains: Type.Optional(Type.Array(Type.String({ minLength: 1 }))),
            retention: Type.Optional(
              Type.Object(
                {
                  messages: Type.Optional(Days),
                  events: Type.Optional(Days),
                  logs: Type.Optional(Days),
                  identifiers: Type.Optional(Days),
                },
                strict,
              ),
            ),
          },
          strict,
        ),
      ),
    ),
  },
  strict,
);
