import { type Alert, label } from './alert.ts';

const ITSELF = { numbers: {}, links: [] } as const;

/** Alerts on Calltrail itself: what it does not hear, loses or counts late is no failure of calls. */
export const PIPELINE_ALERTS: readonly Alert[] = [
  {
    name: 'CalltrailHearsNothing',
    expr: 'sum(rate(calltrail_received_total[5m])) == 0 and sum(rate(calltrail_received_total[1h] offset 10m)) > 0',
    for: '5m',
    severity: 'page',
    by: [],
    ...ITSELF,
    summary: 'Calltrail hears nothing',
    description: () => 'No sender has sent anything for ten minutes: silence of the senders, not of the calls.',
  },
  {
    name: 'CalltrailSourceDown',
    expr: 'calltrail_source_up{source!~"kafka-.*"} == 0',
    for: '5m',
    severity: 'ticket',
    by: ['source'],
    ...ITSELF,
    summary: `Calltrail does not reach ${label('source')}`,
    description: () => 'See /healthz for what it says.',
  },
  {
    name: 'CalltrailLoses',
    expr: 'sum by (stage, reason) (increase(calltrail_lost_total[5m])) > 0',
    for: '0m',
    severity: 'ticket',
    by: ['stage', 'reason'],
    ...ITSELF,
    summary: 'Calltrail loses what it receives',
    description: ({ value }) =>
      `${value('printf "%.0f"')} at the stage ${label('stage')} (${label('reason')}) in 5 minutes: calls may look unfinished.`,
  },
  {
    name: 'CalltrailLags',
    expr: 'calltrail_linker_lag_seconds > 120',
    for: '5m',
    severity: 'ticket',
    by: [],
    ...ITSELF,
    summary: 'Calls are counted late',
    description: ({ value }) =>
      `What waits longest has waited for ${value('humanizeDuration')}: alerts on calls are late by as much.`,
  },
  {
    name: 'CalltrailNobodyLinks',
    expr: 'sum(calltrail_lease_held{name="linker"}) == 0',
    for: '5m',
    severity: 'ticket',
    by: [],
    ...ITSELF,
    summary: 'No process puts calls together',
    description: () => 'Each stands by, or cannot reach the store: lists and counts of calls stand still.',
  },
  {
    name: 'CalltrailKafkaAway',
    expr: 'min by (source) (calltrail_source_up{source=~"kafka-.*"}) == 0',
    for: '3m',
    severity: 'page',
    by: ['source'],
    ...ITSELF,
    summary: 'Calltrail does not reach Kafka',
    description: () =>
      `As ${label('source')}: what is taken waits in the journals of the collectors, which are bounded.`,
  },
  {
    name: 'CalltrailKafkaLagGrows',
    expr: 'sum(calltrail_kafka_lag_messages) > 500 and delta(sum(calltrail_kafka_lag_messages)[15m:1m]) > 100',
    for: '10m',
    severity: 'ticket',
    by: [],
    ...ITSELF,
    summary: 'Indexers fall behind',
    description: ({ value }) =>
      `${value('printf "%.0f"')} messages of the topic wait and become more: more indexers, or a faster store.`,
  },
  {
    name: 'CalltrailSenderClockOff',
    expr: 'abs(calltrail_sender_clock_offset_seconds) > 30',
    for: '15m',
    severity: 'ticket',
    by: ['sensor'],
    ...ITSELF,
    summary: `The clock of ${label('sensor')} is off`,
    description: ({ value }) =>
      `By ${value('humanizeDuration')}; an attempt whose answer seems more than five minutes old is not counted.`,
  },
];
