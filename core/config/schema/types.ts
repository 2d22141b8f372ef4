import { Type } from 'typebox';

export const strict = { additionalProperties: false } as const;
export const Port = Type.Integer({ minimum: 0, maximum: 65535 });
/** "host:port", "[::1]:port" for IPv6. */
export const Listen = Type.String({ pattern: '^(\\[[0-9a-fA-F:.]+\\]|[^:\\s]+):\\d{1,5}$' });
export const Days = Type.Integer({ minimum: 0, maximum: 36500 });
