import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readQuery } from '../../api/loki/read-query.ts';
import type { AlertingFile, FileRule, RuleQuery } from '../../dashboards/src/alerts/grafana-file.ts';
import { grafanaFiles, prometheusFiles } from '../../dashboards/src/files.ts';
import { type LokiAnswer, type Site, startSite } from '../api/loki/site.ts';

const files = grafanaFiles();
const read = (path: string): AlertingFile => parse(files.get(path) ?? '') as AlertingFile;
const METRIC_RULES = read('provisioning/alerting/calltrail.yaml');
const LOG_RULES = read('alerting/logs.yaml');
const rulesOf = ({ groups = [] }: AlertingFile): FileRule[] => groups.flatMap(({ rules }) => [...rules]);
const ALL = [...rulesOf(METRIC_RULES), ...rulesOf(LOG_RULES)];

/** What Grafana reads in each part of such a file (pkg/services/provisioning/alerting, 12.4 and 13). */
const READ = {
  file: [
    ...['apiVersion', 'groups', 'deleteRules', 'contactPoints', 'deleteContactPoints', 'policies', 'resetPolicies'],
    ...['muteTimes', 'deleteMuteTimes', 'templates', 'deleteTemplates'],
  ],
  group: ['orgId', 'name', 'folder', 'interval', 'rules'],
  rule: [
    ...['uid', 'title', 'condition', 'data', 'dashboardUid', 'panelId', 'noDataState', 'execErrState', 'for'],
    ...['keepFiringFor', 'annotations', 'labels', 'isPaused', 'notification_settings', 'record'],
  ],
  query: ['refId', 'queryType', 'relativeTimeRange', 'datasourceUid', 'model'],
  contactPoint: ['orgId', 'name', 'receivers'],
  receiver: ['uid', 'type', 'settings', 'disableResolveMessage'],
};
const unread = (value: object, names: readonly string[]): string[] =>
  Object.keys(value).filter((name) => !names.includes(name));

describe('the alert rules for Grafana', () => {
  it('are written in names that Grafana reads: it passes over others in silence', () => {
    for (const path of [...files.keys()].filter((one) => one.includes('alerting/'))) {
      const file = read(path);
      expect(file.apiVersion, path).toBe(1);
      expect(unread(file, READ.file), path).toEqual([]);
      for (const group of file.groups ?? []) {
        expect(unread(group, READ.group), path).toEqual([]);
        expect(
          group.rules.flatMap((rule) => unread(rule, READ.rule)),
          path,
        ).toEqual([]);
        expect(group.rules.flatMap(({ data }) => data.flatMap((one) => unread(one, READ.query)))).toEqual([]);
      }
      for (const point of file.contactPoints ?? []) {
        expect(unread(point, READ.contactPoint), path).toEqual([]);
        expect(
          point.receivers.flatMap((one) => unread(one, READ.receiver)),
          path,
        ).toEqual([]);
      }
    }
  });

  it('come with policies that send to a contact point of theirs, neither of them in the folder that is mounted', () => {
    const receivers = read('alerting/contact-point.yaml').contactPoints?.map(({ name }) => name);
    const [policy] = read('alerting/policies.yaml').policies as { receiver: string; routes: { receiver: string }[] }[];
    expect(receivers).toHaveLength(1);
    for (const { receiver } of [policy, ...(policy?.routes ?? [])].filter((one) => one !== undefined)) {
      expect(receivers).toContain(receiver);
    }
    const mounted = [...files].filter(([path]) => path.startsWith('provisioning/'));
    for (const [path, text] of mounted) expect(text, path).not.toMatch(/^(?:contactPoints|policies|resetPolicies):/m);
  });

  it('have uids that Grafana takes, each once, and a title that is once in its folder', () => {
    const uids = ALL.map(({ uid }) => uid);
    for (const uid of uids) expect(uid).toMatch(/^[A-Za-z0-9_-]{1,40}$/);
    expect(new Set(uids).size).toBe(uids.length);
    expect(new Set(ALL.map(({ title }) => title)).size).toBe(ALL.length);
  });

  it('ask data sources that are provisioned, and fire by a question or expression of their own', () => {
    const { datasources } = parse(files.get('provisioning/datasources/calltrail.yaml') ?? '') as {
      datasources: { uid: string; type: string }[];
    };
    const made = new Map([
      ...datasources.map(({ uid, type }): [string, string] => [uid, type]),
      ['__expr__', '__expr__'],
    ]);
    for (const { title, data, condition } of ALL) {
      const refs = data.map(({ refId }) => refId);
      expect(new Set(refs).size, title).toBe(refs.length);
      expect(refs, title).toContain(condition);
      for (const { datasourceUid, refId, relativeTimeRange, model } of data) {
        expect(made.get(datasourceUid), title).toBe((model.datasource as { type: string }).type);
        expect((model.datasource as { uid: string }).uid, title).toBe(datasourceUid);
        expect(model.refId, title).toBe(refId);
        expect(relativeTimeRange.from, title).toBeGreaterThan(relativeTimeRange.to);
        for (const used of usedBy(model)) expect(refs, `${title}: ${used}`).toContain(used);
      }
    }
  });

  it('name in their texts only numbers that they ask for, and nothing that only Prometheus has', () => {
    for (const { title, annotations, data } of ALL) {
      const text = Object.values(annotations).join('\n');
      expect(text, title).not.toMatch(/\bquery\b|externalLabels|\$value\b/);
      for (const [, ref] of text.matchAll(/\$values\.(\w+)/g)) {
        expect(
          data.map(({ refId }) => refId),
          title,
        ).toContain(ref);
      }
    }
  });

  it('are the alerts of Prometheus, with the same severity and waiting time, and ask no recorded name', () => {
    const { groups } = parse(prometheusFiles().get('rules.yaml') ?? '') as {
      groups: { rules: { alert?: string; for: string; keep_firing_for?: string; labels: object }[] }[];
    };
    const theirs = groups.flatMap(({ rules }) => rules.filter(({ alert }) => alert !== undefined));
    expect(rulesOf(METRIC_RULES).map((rule) => [rule.title, rule.for, rule.keepFiringFor, rule.labels])).toEqual(
      theirs.map((rule) => [rule.alert, rule.for, rule.keep_firing_for, rule.labels]),
    );
    for (const { data } of rulesOf(METRIC_RULES)) {
      for (const { model } of data) expect(String(model.expr)).not.toMatch(/\b(?:trunk|tenant):/);
    }
  });

  it('ask of the logs what this API can read', () => {
    const asked = lokiQuestions();
    expect(asked.length).toBeGreaterThan(3);
    for (const { model } of asked) expect(readQuery(String(model.expr)).kind).toBe('vector');
  });
});

/** What an expression takes from other questions of its rule. */
function usedBy(model: RuleQuery['model']): string[] {
  const text = String(model.expression ?? '');
  return model.type === 'math'
    ? [...text.matchAll(/\$(\w+)/g)].map(([, name = '']) => name)
    : text === ''
      ? []
      : [text];
}

const lokiQuestions = (): RuleQuery[] =>
  rulesOf(LOG_RULES)
    .flatMap(({ data }) => [...data])
    .filter(({ datasourceUid }) => datasourceUid === 'calltrail-logs');

describe('the rules for those without Prometheus, over recorded failures', () => {
  let site: Site;
  let lastNs: bigint;

  beforeAll(async () => {
    site = await startSite(['03-failures']);
    const { data } = await site.json('/loki/api/v1/query_range', {
      query: '{source="sip"}',
      start: '0',
      end: `${Date.now()}000000`,
      limit: '1',
      direction: 'backward',
    });
    lastNs = BigInt(data.result[0]?.values[0]?.[0] ?? 0) + 1_000_000_000n;
  }, 120_000);
  afterAll(() => site?.stop());

  /** The answer by host, as Grafana would have it at the end of the recording. */
  const ask = async (refId: string): Promise<Map<string, number>> => {
    const [question] = lokiQuestions().filter((one) => one.refId === refId);
    const answer = await site.json<LokiAnswer>('/loki/api/v1/query', {
      query: String(question?.model.expr),
      time: String(lastNs),
    });
    expect(answer.data.resultType).toBe('vector');
    return new Map(answer.data.result.map(({ metric, value }) => [metric.host ?? '', Number(value[1])]));
  };

  it('count failures and final answers of each host, one of them never more than the other', async () => {
    const [failed, final] = [await ask('failedHour'), await ask('finalHour')];
    expect(failed.size).toBeGreaterThan(0);
    for (const [host, count] of failed) {
      expect(host).not.toBe('');
      expect(count).toBeGreaterThan(0);
      expect(final.get(host) ?? 0, host).toBeGreaterThanOrEqual(count);
    }
  });

  it('count what the network failed, and not who was busy, wrong, or asked for a password', async () => {
    const [question] = lokiQuestions().filter(({ refId }) => refId === 'failedHour');
    const [, query = ''] = /count_over_time\((.*) \[1h\]\)/.exec(String(question?.model.expr)) ?? [];
    const { data } = await site.json<LokiAnswer>(
      '/loki/api/v1/query_range',
      { query, start: String(lastNs - 3_600_000_000_000n), end: String(lastNs), limit: '5000' },
      { 'x-loki-response-encoding-flags': 'categorize-labels' },
    );
    const codes = new Set(
      data.result.flatMap(({ values }) => values.map(([, , labels]) => labels?.structuredMetadata.response)),
    );
    expect([...codes].sort()).toEqual(['403', '488', '500', '503']);
  });

  it('hear that something is heard', async () => {
    expect((await ask('lines')).get('')).toBeGreaterThan(100);
  });
});
