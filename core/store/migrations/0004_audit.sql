-- Who did what: asked for a number, looked at a call, took one away. `who` is the person, `through` the user of the data
-- source that asked for him, "" where he asked himself. `numbers` are the telephone numbers in `about`, as digits with a
-- space before and behind each, so that a number is found in whatever form it was typed. `status` is that of the answer,
-- 499 where the client went away before it.
CREATE TABLE IF NOT EXISTS audit (
  id FixedString(8),
  at DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
  arrived DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
  who LowCardinality(String),
  via LowCardinality(String),
  through LowCardinality(String),
  address LowCardinality(String),
  action LowCardinality(String),
  about String CODEC(ZSTD(1)),
  numbers String CODEC(ZSTD(1)),
  reason String CODEC(ZSTD(1)),
  status UInt16
) ENGINE = MergeTree PARTITION BY toYYYYMM(at) ORDER BY (at, id)
SETTINGS non_replicated_deduplication_window = 1000, index_granularity = 1024;
