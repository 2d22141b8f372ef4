-- What the detector of failed-call spikes reads and writes (docs/alerts.md).

-- Attempts by the minute of their final answer and all that they are told apart by; one row for those of one pass of the
-- linker that are alike. class and code: docs/grafana.md. `sensors`: names, one a line. `root`: the leg that began the call.
-- `samples`: up to five that failed, by Call-ID or channel, as a JSON array; "" for none. What is summed twice is wrong, so
-- the table is summed when it is read, and each pass is one insert with a token of its own.
CREATE TABLE IF NOT EXISTS outcomes (
  minute UInt32 CODEC(Delta, ZSTD(1)),
  arrived DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
  tenant LowCardinality(String),
  trunk LowCardinality(String),
  node LowCardinality(String),
  sensors LowCardinality(String),
  direction LowCardinality(String),
  class LowCardinality(String),
  code LowCardinality(String),
  cause LowCardinality(String),
  prefix LowCardinality(String),
  root UInt8,
  attempts UInt32 CODEC(ZSTD(1)),
  samples String CODEC(ZSTD(1))
) ENGINE = MergeTree PARTITION BY toDate(arrived) ORDER BY (minute, trunk)
SETTINGS non_replicated_deduplication_window = 1000, min_bytes_for_wide_part = 100000000000;

-- Who was heard in a minute, by our clock. kinds: sensor (a packet over HEP), switch (an event), calls (name ""; all calls of
-- the minute that had their final answer were counted). `thirds`: bit n for something in the n-th twenty seconds.
CREATE TABLE IF NOT EXISTS heard (
  minute UInt32 CODEC(Delta, ZSTD(1)),
  arrived DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
  kind LowCardinality(String),
  name LowCardinality(String),
  thirds UInt8
) ENGINE = MergeTree PARTITION BY toDate(arrived) ORDER BY minute
SETTINGS non_replicated_deduplication_window = 1000, min_bytes_for_wide_part = 100000000000;

-- Incidents: the newest version counts. `closed` is 0 while it is open. `body` and `inputs` are JSON (core/alert/incident.ts):
-- what is told of it, and the minutes that each of its series was opened by.
CREATE TABLE IF NOT EXISTS alerts (
  id FixedString(8),
  version UInt64,
  arrived DateTime64(6, 'UTC'),
  kind LowCardinality(String),
  state LowCardinality(String),
  since DateTime64(6, 'UTC'),
  opened DateTime64(6, 'UTC'),
  closed DateTime64(6, 'UTC'),
  body String CODEC(ZSTD(1)),
  inputs String CODEC(ZSTD(1))
) ENGINE = ReplacingMergeTree(version) ORDER BY id
SETTINGS min_bytes_for_wide_part = 100000000000;

-- What the detector knew after a minute: one row a series, and one of series "" that is written last. What is missing
-- here it counts again from `outcomes`, so old rows may go.
CREATE TABLE IF NOT EXISTS detector (
  minute UInt32,
  arrived DateTime64(6, 'UTC'),
  series String,
  state String CODEC(ZSTD(3))
) ENGINE = MergeTree PARTITION BY toDate(arrived) ORDER BY minute
TTL toDateTime(arrived) + INTERVAL 2 DAY
SETTINGS non_replicated_deduplication_window = 1000, ttl_only_drop_parts = 1, min_bytes_for_wide_part = 100000000000;
