-- Facts. Each is sorted by how it is asked for: by call identifier, then time. Rows have deterministic ids, so a second
-- delivery is the same row, and ReplacingMergeTree drops it; readers drop it too, as merging happens some time later.
-- Parts and retention go by the day of arrival: an old capture file that is read today is there tomorrow, and a sender's
-- wrong clock cannot scatter rows over a thousand parts.
-- What a look-up costs is parts times columns opened, not bytes, so parts are compact (the columns of a granule side by
-- side in one file) and a day that is over becomes one part (docs/decisions/0006-store-layout.md).
-- Call-IDs are of any time, so nearly every granule of a part holds some of each of its hours: `of_part` has one entry a part,
-- its first and its last moment, by which a question about an hour leaves out the other days and what came earlier.
-- The deduplication window drops a batch that is repeated with its token before it is stored at all.

-- What stands in the captured bytes alone (tags, branches, names) is read from them: a column more would cost every
-- message, and only few are looked at.
CREATE TABLE IF NOT EXISTS messages (
  id FixedString(8) CODEC(NONE),
  at DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
  arrived DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
  sensor LowCardinality(String),
  protocol UInt8,
  transport LowCardinality(String),
  -- IPv4 as ::ffff:a.b.c.d, :: for an address that the sensor did not say
  src_ip IPv6 CODEC(ZSTD(1)),
  src_port UInt16 CODEC(ZSTD(1)),
  dst_ip IPv6 CODEC(ZSTD(1)),
  dst_port UInt16 CODEC(ZSTD(1)),
  call_id String CODEC(ZSTD(1)),
  method LowCardinality(String),
  status UInt16,
  cseq UInt32 CODEC(ZSTD(1)),
  cseq_method LowCardinality(String),
  correlation_id String CODEC(ZSTD(1)),
  reason LowCardinality(String),
  payload String CODEC(ZSTD(1)),
  INDEX by_call call_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX of_part at TYPE minmax GRANULARITY 1000000000
) ENGINE = ReplacingMergeTree PARTITION BY toDate(arrived) ORDER BY (call_id, at, id)
SETTINGS non_replicated_deduplication_window = 1000, index_granularity = 512, min_bytes_for_wide_part = 100000000000,
  min_age_to_force_merge_seconds = 3600, min_age_to_force_merge_on_partition_only = 1;

CREATE TABLE IF NOT EXISTS events (
  id FixedString(8) CODEC(ZSTD(1)),
  at DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
  arrived DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
  origin LowCardinality(String),
  node LowCardinality(String),
  core_uuid LowCardinality(String),
  sequence UInt64 CODEC(Delta, ZSTD(1)),
  name LowCardinality(String),
  subclass LowCardinality(String),
  channel String CODEC(ZSTD(1)),
  backfill UInt8,
  -- 1 when `headers` are all headers, 0 when they are those that the event `base` of the same channel does not have, and
  -- `recipe` says how the two are put together (core/event/recipe.ts). Of an event that was stored both ways the whole
  -- one stays: others may have it for their base.
  whole UInt8,
  base FixedString(8) CODEC(ZSTD(1)),
  recipe String CODEC(ZSTD(1)),
  headers String CODEC(ZSTD(1)),
  INDEX of_part at TYPE minmax GRANULARITY 1000000000
) ENGINE = ReplacingMergeTree(whole) PARTITION BY toDate(arrived) ORDER BY (channel, at, sequence, id)
SETTINGS non_replicated_deduplication_window = 1000, min_age_to_force_merge_seconds = 3600,
  min_age_to_force_merge_on_partition_only = 1;

CREATE TABLE IF NOT EXISTS logs (
  id FixedString(8) CODEC(NONE),
  at DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
  arrived DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
  node LowCardinality(String) CODEC(ZSTD(1)),
  -- one of them is "": lines of a switch stand under their channel, lines over HEP under their Call-ID
  channel String CODEC(ZSTD(1)),
  call_id String CODEC(ZSTD(1)),
  -- lines of one tick of the switch's clock stand in no order of theirs, so these are packed rather than told by their steps
  level UInt8 CODEC(ZSTD(1)),
  file LowCardinality(String) CODEC(ZSTD(1)),
  func LowCardinality(String) CODEC(ZSTD(1)),
  line UInt32 CODEC(ZSTD(1)),
  seq UInt64 CODEC(T64, ZSTD(1)),
  text String CODEC(ZSTD(1)),
  INDEX of_part at TYPE minmax GRANULARITY 1000000000
) ENGINE = ReplacingMergeTree PARTITION BY toDate(arrived) ORDER BY (channel, call_id, at, id)
SETTINGS non_replicated_deduplication_window = 1000, min_age_to_force_merge_seconds = 3600,
  min_age_to_force_merge_on_partition_only = 1;

CREATE TABLE IF NOT EXISTS gaps (
  id FixedString(8) CODEC(NONE),
  at DateTime64(6, 'UTC'),
  arrived DateTime64(6, 'UTC'),
  node LowCardinality(String),
  stream LowCardinality(String),
  since DateTime64(6, 'UTC'),
  until DateTime64(6, 'UTC'),
  reason LowCardinality(String)
) ENGINE = ReplacingMergeTree PARTITION BY toYYYYMM(arrived) ORDER BY (since, node, id)
SETTINGS non_replicated_deduplication_window = 1000;

CREATE TABLE IF NOT EXISTS unreadable (
  id FixedString(8) CODEC(NONE),
  at DateTime64(6, 'UTC'),
  arrived DateTime64(6, 'UTC'),
  source LowCardinality(String),
  peer String,
  reason LowCardinality(String),
  bytes String CODEC(ZSTD(1))
) ENGINE = ReplacingMergeTree PARTITION BY toDate(arrived) ORDER BY (at, id)
SETTINGS non_replicated_deduplication_window = 1000;

-- Derivations of single facts. An edge stands here twice, once from each end, so that a walk asks one sorted key.
-- min and max make the interval and the proof the same in whatever order the facts come.

CREATE TABLE IF NOT EXISTS edges (
  node String CODEC(ZSTD(1)),
  peer String CODEC(ZSTD(1)),
  kind LowCardinality(String),
  tier LowCardinality(String),
  why LowCardinality(String),
  -- 1 when `node` is the edge's first end (the parent), 0 when it is the second
  forward UInt8,
  since SimpleAggregateFunction(min, DateTime64(6, 'UTC')),
  until SimpleAggregateFunction(max, DateTime64(6, 'UTC')),
  arrived SimpleAggregateFunction(max, DateTime64(6, 'UTC')),
  -- "<epoch µs, 16 digits> <table> <id>": the smallest is the earliest proof
  evidence SimpleAggregateFunction(min, String)
) ENGINE = AggregatingMergeTree PARTITION BY tuple() ORDER BY (node, peer, kind, why, tier, forward)
SETTINGS index_granularity = 256, min_bytes_for_wide_part = 100000000000;

-- What a person may type, by kind and value, and the graph node it leads to.
-- kinds: number_reversed (digits alone, backwards: people know the end of a number), name (lower case), ip
CREATE TABLE IF NOT EXISTS identifiers (
  kind LowCardinality(String),
  value String CODEC(ZSTD(1)),
  node String CODEC(ZSTD(1)),
  -- where it stood, as bits: core/model/roles.ts
  roles SimpleAggregateFunction(groupBitOr, UInt16),
  since SimpleAggregateFunction(min, DateTime64(6, 'UTC')),
  until SimpleAggregateFunction(max, DateTime64(6, 'UTC')),
  arrived SimpleAggregateFunction(max, DateTime64(6, 'UTC'))
) ENGINE = AggregatingMergeTree PARTITION BY tuple() ORDER BY (kind, value, node)
SETTINGS index_granularity = 256, min_bytes_for_wide_part = 100000000000;

-- Beginnings of legs, by the number that was called: what a guess may be made from where nothing proves more.
CREATE TABLE IF NOT EXISTS births (
  to_key String CODEC(ZSTD(1)),
  at DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
  arrived DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
  node String CODEC(ZSTD(1)),
  -- the switch that says so, "" for a packet
  switch LowCardinality(String),
  direction LowCardinality(String),
  from_key String CODEC(ZSTD(1)),
  parent String CODEC(ZSTD(1)),
  evidence String CODEC(ZSTD(1)),
  INDEX by_node node TYPE bloom_filter(0.01) GRANULARITY 1
) ENGINE = ReplacingMergeTree PARTITION BY toDate(arrived) ORDER BY (to_key, at, node)
SETTINGS index_granularity = 1024;

-- Names of hosts as the senders tell them: a FreeSWITCH's SIP address, a HEP node name.
CREATE TABLE IF NOT EXISTS hosts (
  address LowCardinality(String),
  name LowCardinality(String),
  source LowCardinality(String),
  until SimpleAggregateFunction(max, DateTime64(6, 'UTC')),
  arrived SimpleAggregateFunction(max, DateTime64(6, 'UTC'))
) ENGINE = AggregatingMergeTree ORDER BY (address, name, source);
