import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { ALL_ROLES } from '../../core/config/roles.ts';
import { needs } from '../system/needs.ts';
import { expectGuarded, REPOSITORY, readAs } from './environment.ts';
import { type Manifest, readManifests, typeProblems } from './manifests.ts';

const WAYS = ['single', 'roles'] as const;
const SECRET = 'secret.example.yaml';

const folderOf = (way: string): string => `${REPOSITORY}/deploy/kubernetes/${way}`;
const resourcesOf = (way: string): string[] =>
  (parse(readFileSync(`${folderOf(way)}/kustomization.yaml`, 'utf8')) as { resources: string[] }).resources;
const manifestsOf = (way: string): Manifest[] =>
  resourcesOf(way).flatMap((file) => readManifests(`${folderOf(way)}/${file}`));
const only = (manifests: readonly Manifest[], ...kinds: readonly string[]): Manifest[] =>
  manifests.filter(({ kind }) => kinds.includes(kind));

interface Container {
  readonly args: string[];
  readonly env?: { readonly name: string; readonly value: string }[];
  readonly envFrom: { readonly secretRef: { readonly name: string } }[];
  readonly ports: { readonly name: string; readonly containerPort: number }[];
  readonly volumeMounts: { readonly name: string; readonly mountPath: string }[];
  readonly [probe: string]: unknown;
}
const containerOf = (workload: Manifest): Container => workload.spec.template.spec.containers[0] as Container;

describe.each(WAYS)('the manifests of Kubernetes, %s', (way) => {
  const manifests = manifestsOf(way);
  const workloads = only(manifests, 'StatefulSet', 'Deployment');
  const [secret] = readManifests(`${folderOf(way)}/${SECRET}`);

  test('are all listed, but the secrets, which nobody should keep there', () => {
    const files = readdirSync(folderOf(way)).filter((name) => ![SECRET, 'kustomization.yaml'].includes(name));
    expect(files.sort()).toEqual(resourcesOf(way).toSorted());
  });

  test('have no field that Kubernetes does not know, and the types of those that it knows', {
    timeout: 120_000,
  }, () => {
    expect(typeProblems([...manifests, secret!])).toBe('');
    const [first] = workloads;
    expect(typeProblems([{ ...first!, spec: { ...first!.spec, replica: 2 } }])).toContain('"replica"');
  });

  test('start processes with a configuration that Calltrail takes, from secrets that the template names', () => {
    const [{ data } = { data: {} }] = only(manifests, 'ConfigMap');
    const roles: string[] = [];
    for (const workload of workloads) {
      const { args, env = [], envFrom, volumeMounts } = containerOf(workload);
      expect(envFrom[0]?.secretRef.name).toBe(secret!.metadata.name);
      expect(args).toEqual(['--config', '/etc/calltrail/calltrail.yaml']);
      expect(Object.keys(data)).toEqual(['calltrail.yaml']);
      const own = Object.fromEntries(env.map(({ name, value }) => [name, value]));
      const config = readAs(data['calltrail.yaml'], { ...secret!.stringData, ...own });
      roles.push(...config.roles);
      expectGuarded(config);
      const written = volumeMounts.map(({ mountPath }) => mountPath);
      if (config.roles.includes('collector')) {
        expect(written.some((path) => path !== '/tmp' && config.journal.path.startsWith(path))).toBe(true);
        expect(
          containerOf(workload).ports.filter(({ containerPort }) => containerPort === config.hep.udp.port),
        ).toHaveLength(2);
      }
    }
    expect(roles.sort()).toEqual(ALL_ROLES.toSorted());
  });

  test('select pods that there are, and send to ports that these have', () => {
    const labelsOf = (workload: Manifest): Record<string, string> => workload.spec.template.metadata.labels;
    const fits = (selector: Record<string, string>) =>
      workloads.filter((workload) =>
        Object.entries(selector).every(([key, value]) => labelsOf(workload)[key] === value),
      );
    for (const workload of workloads) expect(fits(workload.spec.selector.matchLabels)).toEqual([workload]);
    for (const { metadata, spec } of only(manifests, 'Service')) {
      const [target, ...others] = fits(spec.selector);
      expect([metadata.name, target?.kind, others]).toEqual([metadata.name, expect.any(String), []]);
      const ports = containerOf(target!).ports.map(({ name }) => name);
      for (const { targetPort } of spec.ports) expect(ports).toContain(targetPort);
    }
    for (const { spec } of only(manifests, 'PodDisruptionBudget'))
      expect(fits(spec.selector.matchLabels)).toHaveLength(1);
    for (const { spec } of only(manifests, 'HorizontalPodAutoscaler')) {
      expect(workloads.map(({ kind, metadata }) => [kind, metadata.name])).toContainEqual([
        spec.scaleTargetRef.kind,
        spec.scaleTargetRef.name,
      ]);
    }
    for (const { spec, metadata } of only(manifests, 'StatefulSet')) {
      expect(only(manifests, 'Service').map((one) => one.metadata.name)).toContain(spec.serviceName);
      expect(spec.serviceName).toBe(metadata.name);
    }
  });

  test('run as nobody in particular, may write where they must, and are asked whether they live and want work', () => {
    for (const workload of workloads) {
      const { spec } = workload.spec.template;
      expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
      expect(spec.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(60);
      const container = containerOf(workload);
      expect(container.securityContext).toMatchObject({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(container.livenessProbe).toMatchObject({ httpGet: { path: '/livez', port: 'http' } });
      expect(container.readinessProbe).toMatchObject({ httpGet: { path: '/readyz', port: 'http' } });
    }
  });
});

needs('kubectl')('kustomize', { timeout: 60_000 }, () => {
  test.each(WAYS)('builds %s with every manifest in one namespace, and the image’s tag in one place', (way) => {
    const text = execFileSync('kubectl', ['kustomize', folderOf(way)], { encoding: 'utf8' });
    expect(text.split(/^---$/m)).toHaveLength(manifestsOf(way).length);
    expect([...text.matchAll(/image: (.*)/g)].every(([, image]) => /^calltrail:\d+\.\d+\.\d+$/.test(image!))).toBe(
      true,
    );
    expect(text.match(/^ {2}namespace: calltrail$/gm)).toHaveLength(manifestsOf(way).length);
  });
});
