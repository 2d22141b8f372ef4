import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './ports.ts';
import { startProgram } from './program.ts';
import { until } from './until.ts';

/** Where the rules are that ship. */
export const RULES = join(import.meta.dirname, '../../dashboards/prometheus');

export interface FiringAlert {
  readonly state: 'pending' | 'firing';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface PrometheusAnswer {
  readonly status: string;
  readonly errorType?: string;
  readonly error?: string;
  readonly data?: unknown;
}

/** A Prometheus that scrapes one target and evaluates the rules that ship, in a hurry. */
export interface TestPrometheus {
  alerts(name: string): Promise<FiringAlert[]>;
  /** How many results an instant query has. */
  results(query: string): Promise<number>;
  /** The value of an instant query that has one result; undefined while it has none. */
  value(query: string): Promise<number | undefined>;
  /** What it answers to a request as it is, whatever that is; a body goes as a form. */
  ask(path: string, form?: string): Promise<{ readonly status: number; readonly answer: PrometheusAnswer }>;
  stop(): Promise<void>;
}

const SECONDS = { m: 60, h: 3600, d: 86_400, w: 604_800 } as const;

/** The same rules with every duration divided. Names keep theirs: "rate5m" is a name. */
export const hurried = (rules: string, divisor: number): string =>
  rules.replace(/\b(\d+)([mhdw])\b/g, (_, count: string, unit: keyof typeof SECONDS) => {
    return `${Math.ceil((Number(count) * SECONDS[unit]) / divisor)}s`;
  });

export async function startPrometheus(targetUrl: string, divisor: number): Promise<TestPrometheus> {
  const dir = mkdtempSync(join(tmpdir(), 'calltrail-prometheus-'));
  const port = await freePort('127.0.0.1');
  writeFileSync(join(dir, 'rules.yaml'), hurried(readFileSync(join(RULES, 'rules.yaml'), 'utf8'), divisor));
  const config = {
    global: {
      scrape_interval: '1s',
      evaluation_interval: '1s',
      external_labels: { calltrail_url: targetUrl, grafana_url: 'https://grafana.example' },
    },
    rule_files: ['rules.yaml'],
    scrape_configs: [{ job_name: 'calltrail', static_configs: [{ targets: [new URL(targetUrl).host] }] }],
  };
  // JSON is YAML.
  writeFileSync(join(dir, 'prometheus.yml'), JSON.stringify(config));
  const program = startProgram('prometheus', [
    `--config.file=${join(dir, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(dir, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--log.level=warn',
  ]);
  const url = `http://127.0.0.1:${port}`;
  const stop = async (): Promise<void> => {
    await program.stop();
    rmSync(dir, { recursive: true, force: true });
  };
  const get = async <T>(path: string): Promise<T> => {
    const response = await fetch(`${url}${path}`);
    if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
    return ((await response.json()) as { data: T }).data;
  };
  const isReady = async (): Promise<boolean> => {
    if (!program.isRunning()) throw new Error(`prometheus ended: ${program.output()}`);
    return fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      // Nobody listens yet.
      () => false,
    );
  };
  try {
    await until('Prometheus is ready', isReady, { timeoutMs: 60_000, state: program.output });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    async alerts(name) {
      const { alerts } = await get<{ alerts: FiringAlert[] }>('/api/v1/alerts');
      return alerts.filter(({ labels }) => labels.alertname === name);
    },
    async results(query) {
      const path = `/api/v1/query?query=${encodeURIComponent(query)}`;
      return (await get<{ result: readonly unknown[] }>(path)).result.length;
    },
    async value(query) {
      const path = `/api/v1/query?query=${encodeURIComponent(query)}`;
      const { result } = await get<{ result: { value: [number, string] }[] }>(path);
      if (result.length > 1) throw new Error(`${query} has ${result.length} results`);
      return result[0] === undefined ? undefined : Number(result[0].value[1]);
    },
    async ask(path, form) {
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const response = await fetch(`${url}${path}`, form === undefined ? {} : { method: 'POST', headers, body: form });
      return { status: response.status, answer: (await response.json()) as PrometheusAnswer };
    },
    stop,
  };
}
