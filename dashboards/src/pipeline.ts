import { dashboard } from './lib/dashboard.ts';
import { bars, figure, lines } from './lib/panels.ts';

/** Whether Calltrail itself is well: nothing is lost in silence. */
export const pipeline = () =>
  dashboard('calltrail-pipeline', 'Pipeline health', 'Received, stored, lost: Calltrail itself.', 'now-3h')
    .withPanel(
      figure(
        'Lost',
        'Given up in the time shown, whatever the reason.',
        'short',
        'sum(increase(calltrail_lost_total[$__range])) or vector(0)',
      )
        .span(6)
        .height(5),
    )
    .withPanel(
      figure('Sources up', 'Listeners and connections that work.', 'short', 'sum(calltrail_source_up)')
        .span(6)
        .height(5),
    )
    .withPanel(
      figure(
        'Bus filled',
        'Events that wait for the store, of what may wait.',
        'percentunit',
        'sum(calltrail_bus_waiting_events) / sum(calltrail_bus_capacity_events)',
      )
        .span(6)
        .height(5),
    )
    .withPanel(
      figure(
        'Memory',
        'Of the process, without the engine.',
        'bytes',
        'sum(process_resident_memory_bytes{job="calltrail"})',
      )
        .span(6)
        .height(5),
    )
    .withPanel(
      lines('Received', 'By source and kind.', 'ops', [
        {
          expr: 'sum by (source, kind) (rate(calltrail_received_total[$__rate_interval]))',
          legend: '{{source}} {{kind}}',
        },
      ])
        .span(12)
        .height(9),
    )
    .withPanel(
      lines('Stored', 'Rows that the store confirmed, by table.', 'ops', [
        { expr: 'sum by (table) (rate(calltrail_stored_rows_total[$__rate_interval]))', legend: '{{table}}' },
      ])
        .span(12)
        .height(9),
    )
    .withPanel(
      bars('Lost', 'By stage and reason.', 'short', [
        {
          expr: 'sum by (stage, reason) (increase(calltrail_lost_total[$__rate_interval]))',
          legend: '{{stage}} {{reason}}',
        },
      ])
        .span(12)
        .height(9),
    )
    .withPanel(
      bars('Refused and damaged input', 'By source and reason.', 'short', [
        {
          expr: 'sum by (source, reason) (increase(calltrail_rejected_total[$__rate_interval]))',
          legend: 'refused: {{source}} {{reason}}',
        },
        {
          expr: 'sum by (source, reason) (increase(calltrail_damaged_total[$__rate_interval]))',
          legend: 'damaged: {{source}} {{reason}}',
        },
      ])
        .span(12)
        .height(9),
    )
    .withPanel(
      lines('Taken, stored, waiting', 'Events of the bus: taken and recovered are stored, waiting or lost.', 'short', [
        { expr: 'sum(increase(calltrail_bus_taken_total[$__rate_interval]))', legend: 'taken' },
        { expr: 'sum(increase(calltrail_bus_stored_total[$__rate_interval]))', legend: 'stored' },
        { expr: 'sum(calltrail_bus_waiting_events)', legend: 'waiting' },
      ])
        .span(12)
        .height(8),
    )
    .withPanel(
      bars('Turned away', 'Connections, requests and questions beyond what may be taken at once.', 'short', [
        {
          expr: 'sum by (reason) (increase(calltrail_http_refused_total[$__rate_interval]))',
          legend: 'HTTP: {{reason}}',
        },
        { expr: 'sum(increase(calltrail_questions_refused_total[$__rate_interval]))', legend: 'questions' },
      ])
        .span(12)
        .height(8),
    )
    .withPanel(
      lines('Journal filled', 'What is not stored yet on disk, of what may lie there.', 'percentunit', [
        { expr: 'sum(calltrail_journal_bytes) / sum(calltrail_journal_max_bytes)', legend: 'filled' },
      ])
        .span(12)
        .height(8),
    )
    .withPanel(
      lines('Sources', '1 while a listener or a connection works.', 'short', [
        { expr: 'calltrail_source_up', legend: '{{source}}' },
      ])
        .span(12)
        .height(8),
    )
    .withPanel(
      lines('Calls put together', 'By the linker, again and again as they go on.', 'ops', [
        { expr: 'sum(rate(calltrail_linked_calls_total[$__rate_interval]))', legend: 'calls' },
      ])
        .span(12)
        .height(8),
    )
    .withPanel(
      lines(
        'Who puts calls together',
        'Processes that hold the lease: 1, and for a moment 0 while it changes hands.',
        'short',
        [
          { expr: 'sum(calltrail_lease_held{name="linker"})', legend: 'hold it' },
          { expr: 'count(calltrail_lease_held{name="linker"})', legend: 'have the role' },
        ],
      )
        .span(12)
        .height(8),
    )
    .withPanel(
      lines('Kafka: behind', 'Messages of the topic that are not stored yet, by partition.', 'short', [
        { expr: 'sum by (partition) (calltrail_kafka_lag_messages)', legend: 'partition {{partition}}' },
      ])
        .span(12)
        .height(8),
    )
    .withPanel(
      lines('Kafka: events', 'Acknowledged by brokers, stored from the topic, and dropped as they came twice.', 'ops', [
        { expr: 'sum(rate(calltrail_kafka_sent_events_total[$__rate_interval]))', legend: 'sent' },
        { expr: 'sum(rate(calltrail_kafka_stored_events_total[$__rate_interval]))', legend: 'stored' },
        { expr: 'sum(rate(calltrail_kafka_repeated_events_total[$__rate_interval]))', legend: 'repeated' },
      ])
        .span(12)
        .height(8),
    )
    .withPanel(
      lines('Kafka: bytes sent', 'Before they are compressed.', 'Bps', [
        { expr: 'sum(rate(calltrail_kafka_sent_bytes_total[$__rate_interval]))', legend: 'bytes' },
      ])
        .span(12)
        .height(8),
    )
    .withPanel(
      bars(
        'Kafka: errors and rebalances',
        'Each error is tried again; partitions move when indexers come or go.',
        'short',
        [
          {
            expr: 'sum by (what) (increase(calltrail_kafka_errors_total[$__rate_interval]))',
            legend: 'error: {{what}}',
          },
          { expr: 'sum(increase(calltrail_kafka_retries_total[$__rate_interval]))', legend: 'batch again' },
          { expr: 'sum(increase(calltrail_kafka_rebalances_total[$__rate_interval]))', legend: 'partitions given' },
        ],
      )
        .span(12)
        .height(8),
    );
