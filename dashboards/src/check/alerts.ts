import type { Check } from './check.ts';
import type { Grafana } from './grafana.ts';

interface RuleState {
  readonly uid?: string;
  readonly health?: string;
  readonly lastError?: string;
}

/** A rule of a file of provisioning/alerting. */
export interface FiledRule {
  readonly uid: string;
  readonly title: string;
}

/** The rules of a file of provisioning/alerting, as YAML has it. */
export function rulesOf(file: unknown): readonly FiledRule[] {
  const { groups = [] } = (file ?? {}) as { groups?: readonly { readonly rules?: readonly FiledRule[] }[] };
  return groups.flatMap(({ rules = [] }) => rules.map(({ uid, title }) => ({ uid, title })));
}

/** Whether Grafana has the rules, and evaluates each without an error. */
export function alertChecks(grafana: Grafana, rules: readonly FiledRule[]): readonly Check[] {
  let states: Promise<ReadonlyMap<string | undefined, RuleState>> | undefined;
  return rules.map(({ uid, title }) => ({
    what: `alert rule ${title}`,
    async run() {
      states ??= statesOf(grafana);
      const state = (await states).get(uid);
      if (state === undefined) throw new Error(`no rule has the uid ${uid}`);
      if (state.health === 'error') throw new Error(state.lastError ?? 'it cannot be evaluated');
    },
  }));
}

async function statesOf(grafana: Grafana): Promise<ReadonlyMap<string | undefined, RuleState>> {
  const { data } = (await grafana.get('/api/prometheus/grafana/api/v1/rules')) as {
    data?: { readonly groups?: readonly { readonly rules?: readonly RuleState[] }[] };
  };
  const rules = (data?.groups ?? []).flatMap((group) => group.rules ?? []);
  return new Map(rules.map((rule) => [rule.uid, rule]));
}
