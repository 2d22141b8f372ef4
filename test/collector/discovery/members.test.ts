import { expect, test } from 'vitest';
import { createMembers } from '../../../collector/discovery/members.ts';
import type { FreeswitchNode } from '../../../core/config/config.ts';

const node = (name: string, host: string): FreeswitchNode => ({ name, host, port: 8021, password: 'p', logLevel: 7 });
const [A, B] = [node('a', '10.0.0.1'), node('b', '10.0.0.2')];
const up = (): boolean => true;
const down = (): boolean => false;
const DNS = { goneMs: 60_000, keepsConnected: true };
const FILE = { goneMs: 60_000, keepsConnected: false };

test('who is listed belongs, in the order of coming, and is the same object while nothing changes', () => {
  const members = createMembers(DNS);
  expect(members.round([A], 0, down).nodes).toEqual([A]);
  const { nodes } = members.round([node('b', '10.0.0.2'), node('a', '10.0.0.1')], 1, down);
  expect(nodes).toEqual([A, B]);
  expect(nodes[0]).toBe(A);
});

test('who is absent for a while and comes back was never gone', () => {
  const members = createMembers(DNS);
  members.round([A, B], 0, down);
  expect(members.round([A], 59_999, down).nodes).toEqual([A, B]);
  expect(members.round([A, B], 60_000, down).nodes).toEqual([A, B]);
  expect(members.round([A], 119_999, down).nodes).toEqual([A, B]);
  expect(members.round([A], 120_000, down).nodes).toEqual([A]);
});

test('a switch that left a name server and is connected stays as long as it is', () => {
  const members = createMembers(DNS);
  members.round([A], 0, up);
  expect(members.round([], 3_600_000, up).nodes).toEqual([A]);
  expect(members.round([], 3_659_999, down).nodes).toEqual([A]);
  expect(members.round([], 3_660_000, down).nodes).toEqual([]);
});

test('a switch that somebody took out of a file is let go although it is connected', () => {
  const members = createMembers(FILE);
  members.round([A], 0, up);
  expect(members.round([], 59_999, up).nodes).toEqual([A]);
  expect(members.round([], 60_000, up).nodes).toEqual([]);
});

test('the same name at a new address is the same switch, moved at once', () => {
  const members = createMembers(DNS);
  members.round([A, B], 0, up);
  const moved = node('a', '10.0.0.9');
  expect(members.round([moved, B], 1, up).nodes).toEqual([moved, B]);
});

test('an address that another switch has by now ends the one that had it', () => {
  const members = createMembers(DNS);
  members.round([A], 0, up);
  const other = node('c', '10.0.0.1');
  expect(members.round([other], 1, up).nodes).toEqual([other]);
});

test('of two addresses with one name the connected one stays; when it goes the other has its turn; both are told', () => {
  const members = createMembers(DNS);
  members.round([A], 0, up);
  const twin = node('a', '10.0.0.7');
  expect(members.round([A, twin], 1, up)).toEqual({ nodes: [A], doubles: ['a'] });
  expect(members.round([twin, A], 2, up).nodes).toEqual([A]);
  expect(members.round([A, twin], 3, down).nodes).toEqual([twin]);
  expect(members.round([A, twin], 4, down).nodes).toEqual([A]);
});

test('a changed password is a changed switch', () => {
  const members = createMembers(DNS);
  members.round([A], 0, up);
  const changed = { ...A, password: 'new' };
  expect(members.round([changed], 1, up).nodes).toEqual([changed]);
});
