-- Calls as lists, statistics and alerts need them: labels that the linker computes in the background from the edges. They
-- can be thrown away and computed again at any time; edges cannot.

-- What the linker reads, in the order in which it was written and not in that of arrival: what waited for the store is new
-- when it gets there. kinds: dialog (an outline, as far as one batch saw it), edge (each once), channel (it was heard of; of
-- no time). All that is told of it is one text, `line` (indexer/feed.ts): nobody asks for its parts, and columns cost.
CREATE TABLE IF NOT EXISTS feed (
  arrived DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
  kind LowCardinality(String),
  node String CODEC(ZSTD(1)),
  since DateTime64(6, 'UTC') CODEC(ZSTD(1)),
  until DateTime64(6, 'UTC') CODEC(ZSTD(1)),
  line String CODEC(ZSTD(1))
) ENGINE = MergeTree PARTITION BY toDate(arrived) ORDER BY arrived
SETTINGS non_replicated_deduplication_window = 1000, min_bytes_for_wide_part = 100000000000;

-- The call that a leg belongs to: the newest version counts.
CREATE TABLE IF NOT EXISTS labels (
  node String CODEC(ZSTD(1)),
  call String CODEC(ZSTD(1)),
  version UInt64,
  arrived DateTime64(6, 'UTC'),
  INDEX by_call call TYPE bloom_filter(0.01) GRANULARITY 1
) ENGINE = ReplacingMergeTree(version) ORDER BY node
SETTINGS index_granularity = 256, min_bytes_for_wide_part = 100000000000;

-- One row a call. `line` is all that a list shows of it as one text (core/call/call-line.ts), so that a look-up opens three
-- columns; the others are what lists and statistics are filtered, grouped and sorted by. A time that is not known is 0; so
-- is a status. `gone` marks an id that the call no longer has; its line is "".
CREATE TABLE IF NOT EXISTS calls (
  id String CODEC(ZSTD(1)),
  since DateTime64(6, 'UTC') CODEC(ZSTD(1)),
  until DateTime64(6, 'UTC') CODEC(ZSTD(1)),
  arrived DateTime64(6, 'UTC') CODEC(ZSTD(1)),
  method LowCardinality(String),
  answered DateTime64(6, 'UTC') CODEC(ZSTD(1)),
  ended DateTime64(6, 'UTC') CODEC(ZSTD(1)),
  from_number String CODEC(ZSTD(1)),
  to_number String CODEC(ZSTD(1)),
  outcome LowCardinality(String),
  final_status UInt16,
  hangup_cause LowCardinality(String),
  tenant LowCardinality(String),
  line String CODEC(ZSTD(1)),
  gone UInt8,
  version UInt64 CODEC(ZSTD(1))
) ENGINE = ReplacingMergeTree(version) ORDER BY id
SETTINGS index_granularity = 256, min_bytes_for_wide_part = 100000000000;

-- The same calls by when they ended, for the newest of them. A call that goes on stands here once for each end that was
-- believed; what the list says of it counts. A trace id says when its call began: `by_start` leads there.
CREATE TABLE IF NOT EXISTS endings (
  until DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
  node String CODEC(ZSTD(1)),
  since DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
  arrived DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
  INDEX by_start since TYPE minmax GRANULARITY 1
) ENGINE = ReplacingMergeTree(arrived) ORDER BY (until, node)
SETTINGS index_granularity = 1024, min_bytes_for_wide_part = 100000000000;

-- How far the linker has come.
CREATE TABLE IF NOT EXISTS linker (
  name String,
  linked_until DateTime64(6, 'UTC'),
  version UInt64,
  arrived DateTime64(6, 'UTC')
) ENGINE = ReplacingMergeTree(version) ORDER BY name;
