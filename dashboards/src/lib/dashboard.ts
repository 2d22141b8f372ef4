import {
  DashboardBuilder,
  DashboardLinkBuilder,
  DashboardLinkType,
  QueryVariableBuilder,
  TextBoxVariableBuilder,
  VariableHide,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { LOGS, METRICS } from './sources.ts';

const TAG = 'calltrail';

/** A dashboard of this set: it links to the others, and cannot be edited where it is provisioned. */
export function dashboard(uid: string, title: string, description: string, from: string): DashboardBuilder {
  return new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags([TAG])
    .readonly()
    .time({ from, to: 'now' })
    .timezone('browser')
    .link(
      new DashboardLinkBuilder('Calltrail')
        .type(DashboardLinkType.Dashboards)
        .tags([TAG])
        .asDropdown(true)
        .keepTime(true),
    );
}

/** A box to type into. */
export const box = (name: string, label: string, value = ''): TextBoxVariableBuilder =>
  new TextBoxVariableBuilder(name).label(label).defaultValue(value);

/** Values of one label of a metric, several at once, all by default. */
export const choice = (name: string, label: string, metric: string): QueryVariableBuilder =>
  new QueryVariableBuilder(name)
    .label(label)
    .datasource(METRICS)
    .query({ query: `label_values(${metric}, ${name})`, refId: name, qryType: 1 })
    .definition(`label_values(${metric}, ${name})`)
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc);

/** The id under which the call of the variable `call` is a trace; the trace view takes nothing else. */
export const traceOfCall = (): QueryVariableBuilder =>
  new QueryVariableBuilder('trace')
    .datasource(LOGS)
    .query({ type: 1, label: 'trace_id', stream: '{call_id="$call"}', refId: 'trace' })
    .definition('label_values({call_id="$call"}, trace_id)')
    .hide(VariableHide.HideVariable)
    .refresh(VariableRefresh.OnTimeRangeChanged);
