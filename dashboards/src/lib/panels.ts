import {
  GraphDrawStyle,
  LegendDisplayMode,
  LegendPlacement,
  LogsSortOrder,
  StackingConfigBuilder,
  StackingMode,
  VizLegendOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as LogsBuilder } from '@grafana/grafana-foundation-sdk/logs';
import { DataqueryBuilder as LokiQuery } from '@grafana/grafana-foundation-sdk/loki';
import { DataqueryBuilder as PrometheusQuery } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { DataqueryBuilder as TempoQuery } from '@grafana/grafana-foundation-sdk/tempo';
import { PanelBuilder as TextBuilder, TextMode } from '@grafana/grafana-foundation-sdk/text';
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { LOGS, METRICS, TRACES } from './sources.ts';

/** A question to Prometheus, drawn over time. `legend` as Prometheus has it: "{{trunk}}". */
export interface Line {
  readonly expr: string;
  readonly legend: string;
}

const lineQuery = ({ expr, legend }: Line, index: number): PrometheusQuery =>
  new PrometheusQuery()
    .refId(String.fromCharCode(65 + index))
    .expr(expr)
    .legendFormat(legend)
    .range()
    .datasource(METRICS);

export function lines(title: string, description: string, unit: string, queries: readonly Line[]): TimeseriesBuilder {
  const panel = new TimeseriesBuilder()
    .title(title)
    .description(description)
    .datasource(METRICS)
    .unit(unit)
    .min(0)
    .fillOpacity(8)
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .showLegend(true),
    );
  for (const [i, query] of queries.entries()) panel.withTarget(lineQuery(query, i));
  return panel;
}

/** As {@link lines}, as bars on top of each other. */
export function bars(title: string, description: string, unit: string, queries: readonly Line[]): TimeseriesBuilder {
  return lines(title, description, unit, queries)
    .drawStyle(GraphDrawStyle.Bars)
    .fillOpacity(70)
    .stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'));
}

/** One number now. */
export function figure(title: string, description: string, unit: string, expr: string): StatBuilder {
  return new StatBuilder()
    .title(title)
    .description(description)
    .datasource(METRICS)
    .unit(unit)
    .withTarget(new PrometheusQuery().refId('A').expr(expr).instant().datasource(METRICS));
}

/** Rows of an instant question, one a series. */
export function ranking(title: string, description: string, unit: string, expr: string): TableBuilder {
  return new TableBuilder()
    .title(title)
    .description(description)
    .datasource(METRICS)
    .unit(unit)
    .withTarget(
      new PrometheusQuery()
        .refId('A')
        .expr(expr)
        .instant()
        .format('table' as never)
        .datasource(METRICS),
    )
    .withTransformation({ id: 'organize', options: { excludeByName: { Time: true, __name__: true } } })
    .withTransformation({ id: 'sortBy', options: { sort: [{ field: 'Value', desc: true }] } });
}

export function logs(title: string, description: string, expr: string): LogsBuilder {
  return new LogsBuilder()
    .title(title)
    .description(description)
    .datasource(LOGS)
    .showTime(true)
    .wrapLogMessage(true)
    .enableLogDetails(true)
    .showLogContextToggle(true)
    .sortOrder(LogsSortOrder.Ascending)
    .withTarget(new LokiQuery().refId('A').expr(expr).queryType('range').datasource(LOGS));
}

/** A column of a table of lines: what it is called, and how it is shown. */
export interface Column {
  readonly title: string;
  /** Sorted as a number, and the highest row first. */
  readonly leads?: true;
  /** A sentence: in as many lines as it takes. */
  readonly wraps?: true;
}

/**
 * Lines of Loki as rows, with what their structured metadata says as columns: those that are named, in that order, each with a
 * filter in its head. The text of the line is the column "Line".
 */
export function rows(
  title: string,
  description: string,
  expr: string,
  columns: Readonly<Record<string, Column>>,
): TableBuilder {
  const names = Object.keys(columns);
  const leading = names.filter((name) => columns[name]?.leads);
  const panel = new TableBuilder()
    .title(title)
    .description(description)
    .datasource(LOGS)
    .filterable(true)
    .withTarget(new LokiQuery().refId('A').expr(expr).queryType('range').datasource(LOGS))
    .withTransformation({ id: 'extractFields', options: { source: 'labels', format: 'auto', replace: false } })
    .withTransformation({ id: 'filterFieldsByName', options: { include: { names } } })
    // Structured metadata is text.
    .withTransformation({
      id: 'convertFieldType',
      options: { conversions: leading.map((targetField) => ({ targetField, destinationType: 'number' })), fields: {} },
    })
    .withTransformation({
      id: 'sortBy',
      options: { fields: {}, sort: leading.map((field) => ({ field, desc: true })) },
    })
    .withTransformation({
      id: 'organize',
      options: {
        excludeByName: {},
        indexByName: Object.fromEntries(names.map((name, i) => [name, i])),
        renameByName: Object.fromEntries(names.map((name) => [name, columns[name]?.title])),
      },
    });
  for (const { title: head, wraps } of Object.values(columns))
    if (wraps) panel.overrideByName(head, [{ id: 'custom.wrapText', value: true }]);
  return panel;
}

/** Calls that a TraceQL question finds, one a row, with what the call's root span tells. */
export function calls(title: string, description: string, query: string, limit: number): TableBuilder {
  return new TableBuilder()
    .title(title)
    .description(description)
    .datasource(TRACES)
    .withTarget(
      new TempoQuery()
        .refId('A')
        .queryType('traceql')
        .query(query)
        .limit(limit)
        .spss(1)
        .tableType('spans' as never)
        .datasource(TRACES),
    );
}

/** The trace view, which the SDK has no builder of its own for. */
export function trace(title: string, description: string, query: string): PanelBuilder {
  return new PanelBuilder()
    .type('traces')
    .title(title)
    .description(description)
    .datasource(TRACES)
    .withTarget(new TempoQuery().refId('A').queryType('traceql').query(query).datasource(TRACES));
}

export const html = (title: string, description: string, content: string): TextBuilder =>
  new TextBuilder().title(title).description(description).mode(TextMode.HTML).content(content);
