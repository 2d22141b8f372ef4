/** What is measured of one machine of the benchmarks (docs/performance.md, docs/decisions/0011-kafka.md), and what it is made of. */
export const MEASURED = {
  /** Packets a call of the benchmarks' load: 0.12 calls a packet. */
  packetsPerCall: 1 / 0.12,
  /** Bytes of SIP a packet, and what a frame adds. */
  sipBytes: 943,
  frameBytes: 60,
  /** On disk a packet, everything included: a hundred million, merged. */
  diskBytesPerPacket: 116,
  /** CPU seconds a million packets until stored, of Calltrail and of the engine. */
  ownCpu: 38.2,
  engineCpu: 23.6,
  /** Of `ownCpu` what a collector does: HEP to frames, of all steps until rows are handed over. */
  collectorShare: 3.56 / (3.56 + 14.69 + 5),
  /** At most, of one process that does everything, at what two cores take. */
  processMemory: 806e6,
  /** The product with kafkajs and zstd. */
  kafkaSendCpu: 26.1,
  kafkaReadCpu: 14.4,
  /** Putting calls together, a million packets of SIP alone. */
  linkerOwnCpu: 19.1,
  linkerEngineCpu: 10.9,
  /** With all events and log lines of the switches, a two-leg call: bytes on disk, milliseconds of CPU own and of the engine. */
  eventCallDiskBytes: 11_300,
  eventCallWireBytes: 259_000 + 66_000,
  eventCallOwnMs: 12.8,
  eventCallEngineMs: 11.9,
  /** And putting it together. */
  eventLinkerOwnMs: 5.9,
  eventLinkerEngineMs: 2.2,
} as const;

export interface Site {
  readonly callsPerDay: number;
  /** Share of the calls whose switches' events and logs are taken as well. */
  readonly eventShare: number;
  /** Busiest hour against the mean of the day. */
  readonly peak: number;
  readonly days: number;
  readonly replicas: number;
  readonly kafkaReplicas: number;
  readonly kafkaHours: number;
  /** How far a core and a disk are filled by plan. */
  readonly fill: number;
  /** Of one ClickHouse server. */
  readonly serverCores: number;
  readonly serverDiskTb: number;
  /** Memory a core, as such machines are sold. */
  readonly coreGb: number;
  /** What the public list says: $ a core and hour, $ a GB and month. */
  readonly coreHour: number;
  readonly gbMonth: number;
}

/** AWS us-east-1 on demand as listed in 2025: m7g, 0.1632 $ an hour for 4 cores; gp3, 0.08 $ a GB and month. */
export const DEFAULT_SITE: Site = {
  ...{ callsPerDay: 100e6, eventShare: 0, peak: 3, days: 30, replicas: 2, kafkaReplicas: 3, kafkaHours: 24, fill: 0.6 },
  ...{ serverCores: 16, serverDiskTb: 8, coreGb: 4, coreHour: 0.0408, gbMonth: 0.08 },
};

const M = MEASURED;
const DAY = 86_400;
const HOURS_A_MONTH = 730;

/** Everything at the busiest hour unless it says otherwise; bytes are bytes, cores are cores at work. */
export function sizeOf(site: Site) {
  const callsMean = site.callsPerDay / DAY;
  const calls = callsMean * site.peak;
  const packets = calls * M.packetsPerCall;
  const eventCalls = calls * site.eventShare;
  const coresOf = (secondsPerMillion: number): number => (packets * secondsPerMillion) / 1e6;
  const coresOfEvents = (ms: number): number => (eventCalls * ms) / 1000;
  // How an event's cost is divided between taking and storing was not measured: as that of packets is.
  const collectorCores =
    coresOf(M.ownCpu * M.collectorShare + M.kafkaSendCpu) + coresOfEvents(M.eventCallOwnMs * M.collectorShare);
  const indexerCores =
    coresOf(M.ownCpu * (1 - M.collectorShare) + M.kafkaReadCpu) +
    coresOfEvents(M.eventCallOwnMs * (1 - M.collectorShare));
  const linkerCores = coresOf(M.linkerOwnCpu) + coresOfEvents(M.eventLinkerOwnMs);
  const engineCores =
    coresOf(M.engineCpu + M.linkerEngineCpu) + coresOfEvents(M.eventCallEngineMs + M.eventLinkerEngineMs);

  const packetsPerDay = site.callsPerDay * M.packetsPerCall;
  const diskPerDay = packetsPerDay * M.diskBytesPerPacket + site.callsPerDay * site.eventShare * M.eventCallDiskBytes;
  const disk = diskPerDay * site.days;
  const wire = packets * (M.sipBytes + M.frameBytes) + eventCalls * M.eventCallWireBytes;
  const kafkaDisk = (wire / site.peak) * site.kafkaHours * 3600 * site.kafkaReplicas;

  // A process of ours is one busy thread: so many at `fill` of a core each, and one more, as one may be away.
  const processes = (cores: number): number => Math.ceil(cores / site.fill) + 1;
  const collectors = processes(collectorCores);
  const indexers = processes(indexerCores);
  // Each replica inserts and merges what its shard has.
  const byCpu = Math.ceil(engineCores / (site.serverCores * site.fill));
  const byDisk = Math.ceil(disk / (site.serverDiskTb * 1e12 * 0.8));
  const shards = Math.max(1, byCpu, byDisk);
  const servers = shards * site.replicas;
  // Two linkers, of which one works, and two of the API.
  const oursCores = collectors + indexers + 2 + 2;
  const cores = oursCores + servers * site.serverCores + site.kafkaReplicas * 4;
  const storedGb = ((disk * site.replicas) / 0.8 + kafkaDisk / 0.8) / 1e9;
  return {
    ...{ callsMean, calls, packets, packetsPerDay, diskPerDay, disk, wire, kafkaDisk },
    ...{ collectorCores, indexerCores, linkerCores, engineCores, collectors, indexers, byCpu, byDisk, shards, servers },
    partitions: indexers * 2,
    /** One process links; beyond one core it falls behind at the busiest hour. */
    linkerFits: linkerCores <= site.fill,
    cores,
    memory: {
      own: (collectors + indexers + 4) * M.processMemory,
      servers: servers * site.serverCores * site.coreGb * 1e9,
    },
    monthly: { cores: cores * site.coreHour * HOURS_A_MONTH, disk: storedGb * site.gbMonth },
  };
}

export type Size = ReturnType<typeof sizeOf>;
