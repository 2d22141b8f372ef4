import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { UnknownSender } from '../../core/runtime/unknown-sender.ts';
import { CHEAP } from '../access/route.ts';
import { Problem } from '../schemas.ts';
import { isoOf } from '../time.ts';

const UnknownSenders = Type.Object({
  unknown: Type.Array(
    Type.Object({
      source: Type.String({ description: 'hep-udp, hep-tcp or hep-tls' }),
      address: Type.String({ description: 'Without port; of a datagram it may be made up' }),
      reason: Type.String({ description: 'unknown_sender, no_key, wrong_key, no_certificate, …' }),
      captureId: Type.Integer({ description: 'What the sender says; 0 when nothing was read' }),
      name: Type.String({ description: 'What the sender says, or whom its certificate is for' }),
      firstAt: Type.String(),
      lastAt: Type.String(),
      count: Type.Integer({ description: 'Packets; of those who are not let in, connections' }),
    }),
  ),
});

/** @param unknown whose packets this process does not take, the last seen first; none in one that collects nothing */
export const senderRoutes = (unknown: () => readonly UnknownSender[]): FastifyPluginAsyncTypebox => {
  return async (app) => {
    app.get(
      '/api/senders',
      {
        // Nobody knows whose a sender is that is not let in.
        config: { ...CHEAP, least: 'operator', wholeSite: true },
        schema: {
          summary: 'Senders of HEP whose packets are not taken, and why: for operators',
          response: { 200: UnknownSenders, 403: Problem },
        },
      },
      async () => {
        return {
          unknown: unknown().map(({ firstMs, lastMs, ...sender }) => ({
            ...sender,
            firstAt: isoOf(firstMs * 1000),
            lastAt: isoOf(lastMs * 1000),
          })),
        };
      },
    );
  };
};
