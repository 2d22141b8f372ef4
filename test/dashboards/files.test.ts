import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { grafanaFiles, prometheusFiles } from '../../dashboards/src/files.ts';

const FOLDER = fileURLToPath(new URL('../../dashboards/grafana/', import.meta.url));

const committed = (): Map<string, string> =>
  new Map(
    readdirSync(FOLDER, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(FOLDER.length), readFileSync(path, 'utf8')]),
  );

/** Every value under a key of this name, however deep. */
function valuesOf(json: unknown, key: string): unknown[] {
  if (typeof json !== 'object' || json === null) return [];
  return Object.entries(json).flatMap(([name, value]) => [...(name === key ? [value] : []), ...valuesOf(value, key)]);
}

describe('the folder that an operator mounts into Grafana', () => {
  const files = grafanaFiles();
  const dashboards = [...files]
    .filter(([path]) => path.startsWith('dashboards/'))
    .map(([path, text]) => ({ path, json: JSON.parse(text) as { uid: string; title: string; panels: unknown[] } }));

  it('is what its sources make, to the byte: npm run dashboards changes nothing', () => {
    expect(Object.fromEntries(committed())).toEqual(Object.fromEntries(files));
    expect(Object.fromEntries(grafanaFiles())).toEqual(Object.fromEntries(files));
  });

  it('comes with rules for Prometheus that are made of the same sources', () => {
    const rules = readFileSync(join(FOLDER, '../prometheus/rules.yaml'), 'utf8');
    expect(prometheusFiles().get('rules.yaml')).toBe(rules);
  });

  it('has dashboards of different uids and titles, each panel with a title and a description', () => {
    expect(new Set(dashboards.map(({ json }) => json.uid)).size).toBe(dashboards.length);
    expect(new Set(dashboards.map(({ json }) => json.title)).size).toBe(dashboards.length);
    for (const { path, json } of dashboards) {
      for (const panel of json.panels as { title?: string; description?: string }[]) {
        expect(panel.title, path).toBeTruthy();
        expect(panel.description, `${path}: ${panel.title}`).toBeTruthy();
      }
    }
  });

  it('makes every data source that a dashboard asks', () => {
    const { datasources } = parse(files.get('provisioning/datasources/calltrail.yaml') ?? '') as {
      datasources: { uid: string; type: string }[];
    };
    const made = new Map(datasources.map(({ uid, type }) => [uid, type]));
    const asked = dashboards.flatMap(({ json }) => valuesOf(json, 'datasource')) as { uid: string; type: string }[];
    expect(asked.length).toBeGreaterThan(0);
    for (const { uid, type } of asked) expect(made.get(uid), uid).toBe(type);
  });

  it('links only to dashboards that are there', () => {
    const uids = new Set(dashboards.map(({ json }) => json.uid));
    const links = [...files.values()].flatMap((text) => [...text.matchAll(/\bd\/([a-z-]+)\//g)].map(([, uid]) => uid));
    expect(links.length).toBeGreaterThan(0);
    for (const uid of links) expect(uids).toContain(uid);
  });
});
