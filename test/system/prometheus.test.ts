import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { encodeHep } from '../../collector/hep/encode.ts';
import { sipLeg } from '../indexer/outcomes/legs.ts';
import { createUdpSender, type HepSender } from '../replay/hep-sender.ts';
import { startTestCalltrail, type TestCalltrail } from './calltrail.ts';
import { needs, PROGRAM_ENV } from './needs.ts';
import { RULES, startPrometheus, type TestPrometheus } from './prometheus.ts';
import { until } from './until.ts';

needs('promtool')('the Prometheus rules', () => {
  const promtool = (...args: readonly string[]): { status: number | null; output: string } => {
    const { status, stdout, stderr } = spawnSync('promtool', args, { cwd: RULES, env: PROGRAM_ENV, encoding: 'utf8' });
    return { status, output: stdout + stderr };
  };

  it('are rules', () => {
    const { status, output } = promtool('check', 'rules', 'rules.yaml');
    expect(output).toContain('SUCCESS');
    expect(status, output).toBe(0);
  });

  it.each(['rules_test.yaml', 'rules_week_test.yaml'])(
    'fire where they have to and are silent where they must not: %s',
    { timeout: 240_000 },
    (file) => {
      const { status, output } = promtool('test', 'rules', file);
      expect(status, output).toBe(0);
    },
  );
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
});
