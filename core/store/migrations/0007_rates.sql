-- How far an attempt came before it ended: "rang", "lost_race", else "" (core/rates/parts.ts).
ALTER TABLE outcomes ADD COLUMN IF NOT EXISTS stage LowCardinality(String) AFTER prefix;

-- Registrations that ended in a minute, by the clock of the indexer that counted them.
CREATE TABLE IF NOT EXISTS registrations (
  minute UInt32 CODEC(Delta, ZSTD(1)),
  arrived DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
  tenant LowCardinality(String),
  node LowCardinality(String),
  code LowCardinality(String),
  result LowCardinality(String),
  attempts UInt32 CODEC(ZSTD(1))
) ENGINE = MergeTree PARTITION BY toDate(arrived) ORDER BY minute
SETTINGS non_replicated_deduplication_window = 1000, min_bytes_for_wide_part = 100000000000;
