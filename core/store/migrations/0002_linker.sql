-- Calls as lists, statistics and alerts need them: labels that the linker computes in the background from the edges. They
-- can be thrown away and computed again at any time; edges cannot.

-- Which legs something new was written about, and when it was written: what the linker has to look at again. Not when it
-- arrived: what waited for the store is new when it gets there.
CREATE TABLE IF NOT EXISTS touched (
  arrived DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
  node String CODEC(ZSTD(1))
) ENGINE = MergeTree PARTITION BY toDate(arrived) ORDER BY (arrived, node);

-- The call that a leg belongs to: the newest version counts.
CREATE TABLE IF NOT EXISTS labels (
  node String CODEC(ZSTD(1)),
  call String CODEC(ZSTD(1)),
  version UInt64,
  arrived DateTime64(6, 'UTC'),
  INDEX by_call call TYPE bloom_filter(0.01) GRANULARITY 1
) ENGINE = ReplacingMergeTree(version) ORDER BY node
SETTINGS index_granularity = 1024;

-- One row a call. A time that is not known is 0; so is a status. `gone` marks an id that the call no longer has.
CREATE TABLE IF NOT EXISTS calls (
  id String CODEC(ZSTD(1)),
  since DateTime64(6, 'UTC'),
  until DateTime64(6, 'UTC'),
  arrived DateTime64(6, 'UTC'),
  method LowCardinality(String),
  from_number String CODEC(ZSTD(1)),
  from_name String CODEC(ZSTD(1)),
  to_number String CODEC(ZSTD(1)),
  outcome LowCardinality(String),
  final_status UInt16,
  hangup_cause LowCardinality(String),
  hung_up_by LowCardinality(String),
  attempts UInt32,
  failed_attempts UInt32,
  legs UInt32,
  pdd_ms UInt32,
  setup_ms UInt32,
  talk_ms UInt32,
  gone UInt8,
  version UInt64,
  INDEX by_time since TYPE minmax GRANULARITY 1
) ENGINE = ReplacingMergeTree(version) ORDER BY id
SETTINGS index_granularity = 1024;

-- How far the linker has come.
CREATE TABLE IF NOT EXISTS linker (
  name String,
  linked_until DateTime64(6, 'UTC'),
  version UInt64,
  arrived DateTime64(6, 'UTC')
) ENGINE = ReplacingMergeTree(version) ORDER BY name;
