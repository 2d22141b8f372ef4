import { choice, dashboard } from './lib/dashboard.ts';
import { bars, lines, logs } from './lib/panels.ts';

const OUTCOMES = 'calltrail_call_outcomes_total';

/** What each switch does, whether it is heard, and what its log complains of. */
export const nodes = () =>
  dashboard(
    'calltrail-nodes',
    'FreeSWITCH nodes',
    'Attempts, failures, events, gaps and complaints of every switch.',
    'now-6h',
  )
    .withVariable(choice('node', 'Node', OUTCOMES))
    .withPanel(
      bars('Attempts', 'Legs that ended, by node.', 'short', [
        { expr: `sum by (node) (increase(${OUTCOMES}{node=~"$node"}[$__rate_interval]))`, legend: '{{node}}' },
      ])
        .span(12)
        .height(9),
    )
    .withPanel(
      lines('Failed', 'Share of attempts that the network failed, by node.', 'percentunit', [
        {
          expr: `(sum by (node) (rate(${OUTCOMES}{class="network",node=~"$node"}[$__rate_interval])) or 0 * sum by (node) (rate(${OUTCOMES}{node=~"$node"}[$__rate_interval]))) / (sum by (node) (rate(${OUTCOMES}{node=~"$node"}[$__rate_interval])) > 0)`,
          legend: '{{node}}',
        },
      ])
        .max(1)
        .span(12)
        .height(9),
    )
    .withPanel(
      lines('Events and log lines', 'What the event sockets bring.', 'ops', [
        {
          expr: 'sum by (source, kind) (rate(calltrail_received_total{source=~"esl.*"}[$__rate_interval]))',
          legend: '{{source}} {{kind}}',
        },
      ])
        .span(12)
        .height(9),
    )
    .withPanel(
      lines('Heard', '1 while the connection to a switch works.', 'short', [
        { expr: 'calltrail_source_up{source=~"esl.*|ami.*"}', legend: '{{source}}' },
      ])
        .span(12)
        .height(9),
    )
    .withPanel(
      lines('Clocks', 'How far the clock of a sensor is ahead.', 's', [
        { expr: 'calltrail_sender_clock_offset_seconds', legend: '{{sensor}}' },
      ])
        .span(12)
        .height(9),
    )
    .withPanel(
      logs('Complaints', 'Errors and warnings of the switches.', '{source="pbx"} | level=~"error|warning|critical"')
        .span(12)
        .height(9),
    );
