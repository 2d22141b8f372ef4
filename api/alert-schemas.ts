import { type Static, Type } from 'typebox';
import { INCIDENT_STATES } from '../core/alert/incident.ts';
import { orNull } from './or-null.ts';
import { shown } from './privacy/shown.ts';

const Text = Type.String();
const State = Type.Enum([...INCIDENT_STATES]);
const Kind = Type.Enum(['failures', 'vanished', 'blind']);
const Dimension = Type.Enum(['site', 'tenant', 'trunk', 'node']);
const Time = Type.String({ description: 'ISO 8601, UTC', ...shown('plain') });
const MaybeTime = orNull(Time);

export const AlertSeries = Type.Object({
  dimension: Dimension,
  name: Type.String({ description: '"" for the site' }),
  kind: Kind,
  state: State,
  test: Type.Enum(['slow', 'fast', 'vanished', 'sensor']),
  since: Time,
  openedAt: Time,
  closedAt: MaybeTime,
  failed: Type.Integer(),
  attempts: Type.Integer(),
  expectedFailed: Type.Number({ description: 'Of these attempts, as is usual at this hour' }),
  expectedAttempts: Type.Number(),
  score: Type.Number({ description: 'Log-likelihood ratio in nats, when it was looked at last while open' }),
  threshold: Type.Number(),
});
export type AlertSeries = Static<typeof AlertSeries>;

export const Alert = Type.Object({
  id: Type.String({ description: '16 hex digits', ...shown('plain') }),
  kind: Kind,
  state: State,
  since: Time,
  openedAt: Type.String({ description: 'The minute that decided', ...shown('plain') }),
  closedAt: MaybeTime,
  what: Type.String({ description: 'The alert in one sentence', ...shown('quoted') }),
  dimension: Dimension,
  name: Text,
  numerator: Type.Integer({
    description: 'Calls that failed since then, of the series that the alert is called after',
  }),
  denominator: Type.Integer({ description: 'Calls since then' }),
  expectedNumerator: Type.Number(),
  expectedDenominator: Type.Number(),
  series: Type.Array(AlertSeries, { description: 'All that belongs to it, the site first' }),
  explanation: Type.Array(
    Type.Object({
      dimension: Type.String({ description: 'trunk, node, prefix, tenant or cause' }),
      value: Type.String(shown('word')),
      attempts: Type.Integer(),
      failed: Type.Integer(),
      shareOfFailed: Type.Number(),
      shareOfAttempts: Type.Number(),
      lift: Type.Number(),
      excess: Type.Number(),
      score: Type.Number(),
    }),
    { description: 'What holds more of the failures than of the attempts; empty when nothing does' },
  ),
  calls: Type.Array(
    Type.Object({
      key: Type.String(shown('key')),
      href: Type.String({ description: 'The call on the page', ...shown('key') }),
    }),
    {
      description: 'Up to five calls that failed',
    },
  ),
  search: Type.String({ description: 'Where all failed calls of the time are listed', ...shown('plain') }),
  silent: Type.Array(Text, { description: 'Of a blind one: who was not heard' }),
});
export type Alert = Static<typeof Alert>;

export const AlertList = Type.Object({ alerts: Type.Array(Alert) });

export const DrawnSeries = Type.Object({
  dimension: Dimension,
  name: Text,
  openedAt: Time,
  rho: Type.Number({ description: 'How far the ratio of failures strays beyond chance' }),
  spread: Type.Number({ description: 'How far the attempts of minutes do' }),
  leakOdds: Type.Number(),
  vanishedShare: Type.Number(),
  minFailed: Type.Integer(),
  capSlow: Type.Number(),
  capVanished: Type.Number(),
  minutes: Type.Array(
    Type.Object({
      at: Time,
      attempts: Type.Integer(),
      failed: Type.Integer(),
      blind: Type.Boolean(),
      expectedAttempts: Type.Number(),
      expectedRatio: Type.Number(),
      slow: Type.Number({ description: 'Scores, computed again from these minutes' }),
      fast: Type.Number(),
      vanished: Type.Number(),
    }),
  ),
});
export type DrawnSeries = Static<typeof DrawnSeries>;

export const AlertDetail = Type.Object({
  ...Alert.properties,
  drawn: Type.Array(DrawnSeries, { description: 'By what each series was opened' }),
});
export type AlertDetail = Static<typeof AlertDetail>;
