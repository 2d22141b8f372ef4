/** An alert, however it is evaluated: Prometheus's rules and Grafana's are both made from these. */
export interface Alert {
  readonly name: string;
  /** PromQL over counters and recorded names; what it gives fires. */
  readonly expr: string;
  /** How long it has to be so, as Prometheus writes it. */
  readonly for: string;
  readonly keepFiringFor?: string;
  readonly severity: 'page' | 'ticket';
  /** Further numbers that it tells, each a recorded name or a metric, with `offset` where it is of another time. */
  readonly numbers: Readonly<Partial<Record<NumberName, string>>>;
  /** What tells its alarms apart; a number is looked up by these. */
  readonly by: readonly string[];
  readonly summary: string;
  readonly description: (words: Words) => string;
  /** It is about calls, so that it leads to their dashboard; with a trunk also to the search; or to what the detector says. */
  readonly links: readonly ('dashboard' | 'calls' | 'alerts')[];
}

export type NumberName = 'numerator' | 'denominator' | 'usual';

/** How a template names what it tells; Prometheus and Grafana differ in that alone. */
export interface Words {
  /** What the expression gave, through a function of templates, as "humanizePercentage" or `printf "%.0f"`. */
  value(through: string): string;
  /** One of `numbers`, with so many digits behind the point. */
  number(name: NumberName, digits?: number): string;
}

/** A label in a template; Prometheus and Grafana write it the same. */
export const label = (name: string): string => `{{ $labels.${name} }}`;

/** A label as part of a link. */
export const linked = (name: string): string => `{{ $labels.${name} | urlquery }}`;
