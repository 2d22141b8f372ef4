import { execFile } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { encodeHep } from '../../collector/hep/encode.ts';
import type { AlertingFile } from '../../dashboards/src/alerts/grafana-file.ts';
import { queriesOf } from '../../dashboards/src/check/queries.ts';
import { grafanaFiles } from '../../dashboards/src/files.ts';
import { sipLeg } from '../indexer/outcomes/legs.ts';
import { registerPacket } from '../indexer/registrations/register.ts';
import { createUdpSender, type HepSender } from '../replay/hep-sender.ts';
import { startTestCalltrail, type TestCalltrail } from './calltrail.ts';
import { needs, PROGRAM_ENV } from './needs.ts';
import { RULES, startPrometheus, type TestPrometheus } from './prometheus.ts';
import { until } from './until.ts';

interface Moment {
  readonly alertname: string;
  readonly exp_alerts: readonly { readonly exp_labels: unknown; readonly exp_annotations?: unknown }[];
}

interface RulesTest {
  readonly evaluation_interval: string;
  readonly tests: readonly { readonly alert_rule_test?: readonly Moment[]; readonly promql_expr_test?: unknown }[];
}

needs('promtool')('the Prometheus rules', () => {
  /** Rejects with what promtool says when it is not content. */
  const promtoolIn = async (cwd: string, ...args: readonly string[]): Promise<string> => {
    const { stdout, stderr } = await promisify(execFile)('promtool', args, { cwd, env: PROGRAM_ENV });
    return stdout + stderr;
  };
  const promtool = (...args: readonly string[]): Promise<string> => promtoolIn(RULES, ...args);

  it('are rules', { timeout: 60_000 }, async () => {
    expect(await promtool('check', 'rules', 'rules.yaml')).toContain('SUCCESS');
  });

  it.each(['rules_test.yaml', 'rules_week_test.yaml'])(
    'fire where they have to and are silent where they must not: %s',
    { timeout: 240_000 },
    async (file) => {
      expect(await promtool('test', 'rules', file)).toContain('SUCCESS');
    },
  );

  it.each(['rules_test.yaml', 'rules_week_test.yaml'])(
    'fire at the same moments when Grafana asks for them, without anything recorded: %s',
    { timeout: 240_000 },
    async (file) => {
      const { groups = [] } = parse(grafanaFiles().get('provisioning/alerting/calltrail.yaml') ?? '') as AlertingFile;
      const rules = groups
        .flatMap((group) => group.rules)
        .map((rule) => ({
          alert: rule.title,
          expr: rule.data.find(({ refId }) => refId === 'value')?.model.expr,
          for: rule.for,
          ...(rule.keepFiringFor === undefined ? {} : { keep_firing_for: rule.keepFiringFor }),
          labels: rule.labels,
        }));
      const { evaluation_interval, tests } = parse(await readFile(join(RULES, file), 'utf8')) as RulesTest;
      const dir = await mkdtemp(join(tmpdir(), 'calltrail-rules-'));
      try {
        await writeFile(join(dir, 'rules.yaml'), stringify({ groups: [{ name: 'grafana', rules }] }));
        const same = tests.map(({ alert_rule_test = [], promql_expr_test: _, ...one }) => ({
          ...one,
          alert_rule_test: alert_rule_test.map(({ exp_alerts, ...moment }) => ({
            ...moment,
            exp_alerts: exp_alerts.map(({ exp_labels }) => ({ exp_labels })),
          })),
        }));
        await writeFile(
          join(dir, 'test.yaml'),
          stringify({ rule_files: ['rules.yaml'], evaluation_interval, tests: same }),
        );
        expect(await promtoolIn(dir, 'check', 'rules', 'rules.yaml')).toContain('SUCCESS');
        expect(await promtoolIn(dir, 'test', 'rules', 'test.yaml')).toContain('SUCCESS');
      } finally {
        await rm(dir, { recursive: true, force: true });
      }
    },
  );

  it('have such a test for every alert: one moment when it fires, and one when it does not', async () => {
    const read = async (file: string): Promise<unknown> => parse(await readFile(join(RULES, file), 'utf8'));
    const { groups } = (await read('rules.yaml')) as { groups: { rules: { alert?: string }[] }[] };
    const alerts = groups.flatMap(({ rules }) => rules.flatMap(({ alert }) => alert ?? []));
    const cases = await Promise.all(['rules_test.yaml', 'rules_week_test.yaml'].map(read));
    const moments = (cases as { tests: { alert_rule_test?: Moment[] }[] }[]).flatMap(({ tests }) =>
      tests.flatMap(({ alert_rule_test = [] }) => alert_rule_test),
    );
    const kinds = (name: string): boolean[] =>
      [false, true].filter((fires) =>
        moments.some(({ alertname, exp_alerts }) => alertname === name && exp_alerts.length > 0 === fires),
      );
    expect(alerts.length).toBeGreaterThan(10);
    expect(alerts.filter((name) => kinds(name).length < 2)).toEqual([]);
  });
});

/** Five minutes of the rules are fifteen seconds here. */
const DIVISOR = 20;

needs('prometheus')('a Prometheus that scrapes a running Calltrail', () => {
  let calltrail: TestCalltrail;
  let prometheus: TestPrometheus;
  let sender: HepSender;
  let sent = 0;

  beforeAll(async () => {
    const linker = { quietSeconds: 0, intervalSeconds: 0.5 };
    calltrail = await startTestCalltrail({}, { linker, hosts: { '192.0.2.7': 'carrier-a' } });
    prometheus = await startPrometheus(calltrail.httpUrl, DIVISOR);
    sender = await createUdpSender(calltrail.hepUdp);
  }, 120_000);
  afterAll(async () => {
    await sender?.close();
    await prometheus?.stop();
    await calltrail?.stop();
  });

  /** Calls from the carrier that are answered with this status, as a sensor sends them. */
  const call = async (count: number, status: number): Promise<void> => {
    const packets = Array.from({ length: count }, () => {
      const leg = { callId: `call-${sent++}@test`, atUs: (Date.now() - 100) * 1000, caller: '192.0.2.7' };
      return sipLeg({ ...leg, next: [[50, status]] });
    }).flat();
    await sender.send(packets.map((packet) => encodeHep({ ...packet, sentUs: packet.atUs, captureId: 101 })));
  };

  it('fires the spike alert when calls begin to fail, and not before', { timeout: 180_000 }, async () => {
    const attempts = 'sum(calltrail_call_outcomes_total{trunk="carrier-a"})';
    await call(30, 200);
    await until('Prometheus knows of the answered calls', async () => (await prometheus.value(attempts)) === 30, {
      timeoutMs: 60_000,
    });
    await until(
      'the rules have looked at them',
      async () => (await prometheus.value('trunk:call_failed_ratio:rate5m{trunk="carrier-a"}')) === 0,
    );
    expect(await prometheus.alerts('CallFailuresSpike')).toEqual([]);

    const alert = await until(
      'the spike alert fires',
      async () => {
        await call(20, 503);
        return (await prometheus.alerts('CallFailuresSpike')).find(({ state }) => state === 'firing');
      },
      { timeoutMs: 120_000 },
    );
    expect(alert.labels).toMatchObject({ trunk: 'carrier-a', tenant: 'none', direction: 'unknown', severity: 'page' });
    expect(Number(alert.annotations.numerator)).toBeGreaterThan(0);
    expect(Number(alert.annotations.denominator)).toBeGreaterThanOrEqual(20);
    expect(alert.annotations.calls).toBe(`${calltrail.httpUrl}/?q=carrier-a`);
    const network = 'sum(calltrail_call_final_status_total{code="503",class="network"})';
    expect(await prometheus.value(network)).toBeGreaterThanOrEqual(20);
  });

  it('answers every question that a dashboard asks of it', { timeout: 120_000 }, async () => {
    // What no switch, broker or second linker is there for, and what has not happened, has no series.
    const absent = /esl|kafka_|lease_held|calltrail_lost_total\[|calltrail_damaged_total|http_refused/;
    const phone = { callId: 'phone@test', atUs: (Date.now() - 100) * 1000, cseq: 1 };
    await sender.send(
      [phone, { ...phone, status: 200 }]
        .map(registerPacket)
        .map((packet) => encodeHep({ ...packet, sentUs: packet.atUs, captureId: 101 })),
    );
    const registered = 'sum(calltrail_registrations_total{result="registered"})';
    await until('Prometheus knows of the registration', async () => (await prometheus.value(registered)) === 1);
    const garbage = createSocket('udp4');
    await new Promise((resolve) => garbage.send('no HEP', calltrail.hepUdp.port, calltrail.hepUdp.host, resolve));
    garbage.close();
    // An increase is between two scrapes.
    const refused = 'increase(calltrail_rejected_total[2m])';
    await until('the refused packet is known', async () => (await prometheus.results(refused)) > 0);
    const files = [...grafanaFiles()].filter(([path]) => path.startsWith('dashboards/'));
    const variables = {
      ...{ tenant: '.*', trunk: '.*', node: '.*', __rate_interval: '2m', __range: '5m', __interval: '15s' },
    };
    const queries = files
      .flatMap(([, text]) => queriesOf(JSON.parse(text), variables))
      .filter(({ model }) => model.datasource.type === 'prometheus');
    expect(queries.length).toBeGreaterThan(20);
    const empty: string[] = [];
    for (const { dashboard, panel, model } of queries) {
      const expr = String(model.expr);
      if ((await prometheus.results(expr)) === 0 && !absent.test(expr)) empty.push(`${dashboard} / ${panel}: ${expr}`);
    }
    expect(empty).toEqual([]);
  });

  it("answers all that Grafana's data source for it asks, and an error where the question is none", {
    timeout: 60_000,
  }, async () => {
    await call(1, 200);
    await until('something was scraped', async () => (await prometheus.results('calltrail_received_total')) > 0);
    const now = Math.ceil(Date.now() / 1000) + 1;
    const window = `start=${now - 60}&end=${now}`;
    const test = await prometheus.ask('/api/v1/query', 'query=1%2B1&time=4');
    expect(test).toMatchObject({
      status: 200,
      answer: { status: 'success', data: { resultType: 'scalar', result: [4, '2'] } },
    });
    const range = await prometheus.ask('/api/v1/query_range', `query=calltrail_received_total&${window}&step=15`);
    expect(range.answer.data).toMatchObject({
      resultType: 'matrix',
      result: expect.arrayContaining([expect.anything()]),
    });
    const bad = await prometheus.ask('/api/v1/query', 'query=sum(');
    expect(bad).toMatchObject({ status: 400, answer: { status: 'error', errorType: 'bad_data' } });
    expect(bad.answer.error).toMatch(/parse error/);
    const names = await prometheus.ask(`/api/v1/label/__name__/values?${window}`);
    expect(names.answer.data).toContain('calltrail_received_total');
    for (const [path, form] of [
      ['/api/v1/labels', window],
      ['/api/v1/series', `match[]=calltrail_received_total&${window}`],
      ['/api/v1/metadata?limit=5000'],
      ['/api/v1/status/buildinfo'],
      ['/api/v1/rules'],
      ['/api/v1/query_exemplars', `query=test&start=${now - 60}000&end=${now}000`],
    ] as const) {
      expect(await prometheus.ask(path, form), path).toMatchObject({ status: 200, answer: { status: 'success' } });
    }
  });
});
