import { parseArgs } from 'node:util';
import { DEFAULT_SITE, type Site, sizeOf } from './model.ts';

/**
 * `npm run scale`: what a site of so many calls takes, from what is measured on one machine. Options are the fields of a Site,
 * as --calls-per-day 100e6; docs/scale.md has what it prints and what it cannot know.
 */

const optionOf = (field: string): string => field.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

const fields = Object.keys(DEFAULT_SITE) as (keyof Site)[];
const { values } = parseArgs({
  options: Object.fromEntries(fields.map((field) => [optionOf(field), { type: 'string' }])),
});
const given = Object.entries(values).map(([option, text]) => {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) throw new Error(`--${option}: "${text}" is no number`);
  return [fields.find((field) => optionOf(field) === option), value];
});
const site: Site = { ...DEFAULT_SITE, ...Object.fromEntries(given) };
const size = sizeOf(site);

const count = (value: number): string => Math.round(value).toLocaleString('en');
const cores = (value: number): string => value.toFixed(2);
const bytes = (value: number): string =>
  value >= 1e12
    ? `${(value / 1e12).toFixed(2)} TB`
    : value >= 1e9
      ? `${(value / 1e9).toFixed(1)} GB`
      : `${(value / 1e6).toFixed(1)} MB`;
const money = (value: number): string => `$${count(value)}`;

const rows: readonly (readonly [string, string])[] = [
  ['calls a day; with events and logs', `${count(site.callsPerDay)}; ${count(site.eventShare * 100)} %`],
  ['calls a second, mean; busiest hour', `${count(size.callsMean)}; ${count(size.calls)}`],
  ['packets a day; a second in the busiest hour', `${count(size.packetsPerDay)}; ${count(size.packets)}`],
  ['disk a day; one copy of all days', `${bytes(size.diskPerDay)}; ${bytes(size.disk)}`],
  ['through Kafka a second, busiest hour, before compression', bytes(size.wire)],
  [`on Kafka's disks, ${site.kafkaHours} h in ${site.kafkaReplicas} copies, before compression`, bytes(size.kafkaDisk)],
  ['cores at work, busiest hour: collectors', cores(size.collectorCores)],
  ['… indexers', cores(size.indexerCores)],
  ['… the linker', `${cores(size.linkerCores)}${size.linkerFits ? '' : ': more than one process has'}`],
  ['… ClickHouse, a copy', cores(size.engineCores)],
  ['collectors; indexers; partitions', `${size.collectors}; ${size.indexers}; ${size.partitions}`],
  ['shards that CPU needs; that disk needs', `${size.byCpu}; ${size.byDisk}`],
  ['shards × replicas', `${size.shards} × ${site.replicas}`],
  ['memory: our processes; ClickHouse', `${bytes(size.memory.own)}; ${bytes(size.memory.servers)}`],
  ['cores in all, as bought', count(size.cores)],
  ['a month: cores; disk', `${money(size.monthly.cores)}; ${money(size.monthly.disk)}`],
];
process.stdout.write('| | |\n|---|---|\n');
for (const [what, value] of rows) process.stdout.write(`| ${what} | ${value} |\n`);
