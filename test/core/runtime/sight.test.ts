import { describe, expect, it } from 'vitest';
import { hides, kept, shows, sightOf } from '../../../core/runtime/sight.ts';
import type { Tenant } from '../../../core/runtime/tenants.ts';

const TENANTS: readonly Tenant[] = [
  { name: 'acme', nodes: ['fs-acme', 'hep 201'], domains: [] },
  { name: 'bell', nodes: ['fs-*', 'pbx.(b)+', '*[x]*y'], domains: [] },
  { name: 'cole', nodes: [], domains: ['cole.example'] },
];

describe('the sight of one tenant', () => {
  const only = { sight: sightOf(['acme'], TENANTS) };

  it('shows its calls, and none of another or of nobody', () => {
    expect(['acme', 'bell', 'Acme', '', undefined, null].filter((name) => shows(only, name))).toEqual(['acme']);
    expect(['acme', 'bell', '', undefined].every((name) => shows({ sight: sightOf(undefined, TENANTS) }, name))).toBe(
      true,
    );
    expect(shows(undefined, undefined)).toBe(true);
  });

  it('hides what another one’s node reports: of several that a name fits the first tenant counts', () => {
    const names = ['fs-acme', 'fs-bell', 'hep 201', 'hep 202', 'pbx.(b)+', 'pbxx(b)+', 'a[x]by', 'a[x]b', 'fs-\n', ''];
    expect(names.filter((name) => hides(only, name))).toEqual(['fs-bell', 'pbx.(b)+', 'a[x]by', 'fs-\n']);
  });

  it('tells the engine the same by patterns', () => {
    const nodes = only.sight.only?.nodes ?? [];
    const isHidden = (name: string): boolean =>
      nodes.find(({ pattern }) => new RegExp(pattern).test(name))?.shown === false;
    for (const name of [
      'fs-acme',
      'fs-bell',
      'fs-',
      'xfs-b',
      'hep 201',
      'pbx.(b)+',
      'pbxx(b)+',
      'a[x]by',
      'a[x]b',
      'fs-\n',
    ]) {
      expect([name, isHidden(name)]).toEqual([name, hides(only, name)]);
    }
  });

  it('says that a question was seen to without changing for whom it is, and says nothing for whoever sees all', () => {
    const { signal } = new AbortController();
    expect(kept({ ...only, signal })).toEqual({ signal, sight: { ...only.sight, kept: true } });
    const all = { signal, sight: sightOf(undefined, TENANTS) };
    expect(kept(all)).toBe(all);
    expect(kept(undefined)).toBeUndefined();
  });
});
