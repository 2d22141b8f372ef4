/**
 * What Grafana reads in provisioning/alerting/*.yaml: pkg/services/provisioning/alerting/{types,rules_types}.go of its
 * sources. A name that it does not know it passes over in silence, so these are all that may be written.
 */
export interface AlertingFile {
  readonly apiVersion: 1;
  readonly groups?: readonly FileGroup[];
  readonly contactPoints?: readonly ContactPoint[];
  readonly policies?: readonly unknown[];
}

interface FileGroup extends RuleGroup {
  readonly orgId: 1;
  readonly folder: string;
  readonly interval: string;
}

export interface RuleGroup {
  readonly name: string;
  readonly rules: readonly FileRule[];
}

export interface FileRule {
  /** 40 characters at most, of A-Z, a-z, 0-9, _ and -. */
  readonly uid: string;
  readonly title: string;
  /** The refId of the question or expression that fires. */
  readonly condition: string;
  readonly data: readonly RuleQuery[];
  readonly noDataState: 'OK' | 'Alerting';
  /** Not `executionErrorState`, as Grafana's own sample has it. */
  readonly execErrState: 'Error';
  readonly for: string;
  readonly keepFiringFor?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Templates: "$labels" is not taken for a variable of the environment here. */
  readonly annotations: Readonly<Record<string, string>>;
}

export interface RuleQuery {
  readonly refId: string;
  /** Seconds before now. */
  readonly relativeTimeRange: { readonly from: number; readonly to: number };
  readonly datasourceUid: string;
  readonly model: Readonly<Record<string, unknown>>;
}

export interface ContactPoint {
  readonly orgId: 1;
  readonly name: string;
  readonly receivers: readonly { uid: string; type: string; settings: Readonly<Record<string, unknown>> }[];
}

/** A folder of its own: Grafana makes it before that of the dashboards, by title, and would make a second "Calltrail". */
const FOLDER = 'Calltrail alerts';

export const rulesFile = (groups: readonly RuleGroup[]): AlertingFile => ({
  apiVersion: 1,
  groups: groups.map(({ name, rules }) => ({ orgId: 1, name, folder: FOLDER, interval: '60s', rules })),
});

/** CallFailuresSpike → calltrail-call-failures-spike */
export const ruleUid = (name: string): string =>
  `calltrail${name.replace(/^Calltrail/, '').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

const EXPRESSIONS = { type: '__expr__', uid: '__expr__' } as const;

/** A question to a data source, about the moment in which the rule is evaluated. */
export const question = (
  refId: string,
  datasource: { readonly type: string; readonly uid: string },
  model: Readonly<Record<string, unknown>>,
): RuleQuery => ({
  refId,
  relativeTimeRange: { from: 600, to: 0 },
  datasourceUid: datasource.uid,
  model: { refId, datasource, ...model },
});

/** What Grafana computes itself from other answers of the rule, as in `$failed / $attempts`. */
export const expression = (refId: string, model: Readonly<Record<string, unknown>>): RuleQuery => ({
  refId,
  relativeTimeRange: { from: 600, to: 0 },
  datasourceUid: EXPRESSIONS.uid,
  model: { refId, datasource: EXPRESSIONS, ...model },
});
