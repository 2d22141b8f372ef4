import { describe, expect, test } from 'vitest';
import { readList } from '../../../collector/discovery/file-list.ts';
import { ListError } from '../../../collector/discovery/listed.ts';

test('reads nodes as YAML and as JSON', () => {
  const nodes = [
    { name: 'fs1', host: '10.0.0.1' },
    { name: '10.0.0.2', host: '10.0.0.2', port: 8022, password: 'own', logLevel: 6 },
  ];
  expect(readList('- {name: fs1, host: 10.0.0.1}\n- {host: 10.0.0.2, port: 8022, password: own, logLevel: 6}')).toEqual(
    nodes,
  );
  expect(readList(JSON.stringify(nodes))).toEqual(nodes);
  expect(readList('[]')).toEqual([]);
});

test('reads groups of targets as Prometheus has them', () => {
  const text = JSON.stringify([
    { targets: ['10.0.0.1:8021'], labels: { name: 'fs1', zone: 'a' } },
    { targets: ['10.0.0.2', '[2001:db8::1]:8022'], labels: { name: 'both' } },
  ]);
  expect(readList(text)).toEqual([
    { name: 'fs1', host: '10.0.0.1', port: 8021 },
    { name: '10.0.0.2', host: '10.0.0.2' },
    { name: '2001:db8::1', host: '2001:db8::1', port: 8022 },
  ]);
});

describe('refuses the whole file', () => {
  test.each([
    ['empty', ''],
    ['no list', 'name: fs1'],
    ['a broken line', '- {name: fs1, host: 10.0.0.1}\n- {name: fs2, ho'],
    ['a node without a host', '- {name: fs1}'],
    ['a setting that there is not', '- {host: 10.0.0.1, prot: 8021}'],
    ['a password with a line break', '- {host: 10.0.0.1, password: "a\\n\\napi shutdown"}'],
    ['a text', 'fs1'],
  ])('%s', (_what, text) => {
    expect(() => readList(text)).toThrow(ListError);
  });
});

test('a file cut at any byte is a shorter list or refused, and nothing else', () => {
  const text = '- {name: fs1, host: 10.0.0.1}\n- {name: fs2, host: 10.0.0.2, port: 8022}\n';
  const whole = readList(text);
  for (let end = 0; end < text.length; end++) {
    try {
      expect(whole.slice(0, 2)).toEqual(expect.arrayContaining([...readList(text.slice(0, end))]));
    } catch (error) {
      if (!(error instanceof ListError)) throw error;
    }
  }
});
