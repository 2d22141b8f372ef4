/** What a LogQL query says, as far as this API takes it (docs/grafana.md lists what that is). */

export type MatchOp = '=' | '!=' | '=~' | '!~';

export interface Matcher {
  readonly label: string;
  readonly op: MatchOp;
  readonly value: string;
}

/** A line must hold one of the texts (or match one of the patterns); the negative ones hold for none of them. */
export interface LineFilter {
  readonly kind: 'line';
  readonly op: '|=' | '!=' | '|~' | '!~';
  readonly texts: readonly string[];
}

export type LabelCondition =
  | { readonly kind: 'match'; readonly matcher: Matcher }
  | { readonly kind: 'and' | 'or'; readonly left: LabelCondition; readonly right: LabelCondition };

export interface LabelFilter {
  readonly kind: 'label';
  readonly condition: LabelCondition;
}

/** `value` is what the label must be for the stage to touch it. */
export interface LabelChoice {
  readonly label: string;
  readonly value?: string;
}

export interface LabelsStage {
  readonly kind: 'drop' | 'keep';
  readonly choices: readonly LabelChoice[];
}

export type Stage = LineFilter | LabelFilter | LabelsStage;

export interface LogQuery {
  readonly kind: 'log';
  readonly matchers: readonly Matcher[];
  readonly stages: readonly Stage[];
}

export type RangeFunction = 'count_over_time' | 'rate' | 'bytes_over_time' | 'bytes_rate';
export type VectorFunction = 'sum' | 'min' | 'max' | 'avg' | 'count' | 'topk' | 'bottomk';

export interface Grouping {
  readonly without: boolean;
  readonly labels: readonly string[];
}

export type MetricQuery =
  | { readonly kind: 'range'; readonly fn: RangeFunction; readonly log: LogQuery; readonly rangeNs: bigint }
  | {
      readonly kind: 'vector';
      readonly fn: VectorFunction;
      readonly grouping?: Grouping;
      /** Of topk and bottomk. */
      readonly k?: number;
      readonly of: MetricQuery;
    }
  | { readonly kind: 'constant'; readonly value: number };

export type Query = LogQuery | MetricQuery;
