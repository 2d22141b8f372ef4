import { describe, expect, it } from 'vitest';
import { schemaProblems } from '../../../core/config/problems.ts';
import { resolveConfig } from '../../../core/config/resolve.ts';

describe('hosts of the configuration', () => {
  it('are written by address or by box, and mean the same', () => {
    const byAddress = { '192.0.2.31': 'fs1', 'hep 201': 'fs1', '10.0.0.0/24': 'trunk' };
    const byBox = [
      { name: 'fs1', at: ['192.0.2.31', 'hep 201'] },
      { name: 'trunk', at: ['10.0.0.0/24'] },
    ];
    expect(schemaProblems({ hosts: byAddress })).toEqual([]);
    expect(schemaProblems({ hosts: byBox })).toEqual([]);
    expect(resolveConfig({ hosts: byBox }).hosts).toEqual(resolveConfig({ hosts: byAddress }).hosts);
  });

  it('that say nothing are told with their place', () => {
    expect(schemaProblems({ hosts: { '10.0.0.0/40': 'x' } })).toEqual([
      'hosts: "10.0.0.0/40": a prefix has at most 32 bits',
    ]);
    const twice = [
      { name: 'a', at: ['192.0.2.1'] },
      { name: 'b', at: ['192.0.2.1'] },
    ];
    expect(schemaProblems({ hosts: twice })).toEqual(['hosts[1].at[0]: "192.0.2.1": is named twice']);
  });
});
