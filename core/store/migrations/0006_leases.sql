-- Several processes over one store.

-- Who does what only one may do at a time (core/store/lease/): one row a process, the newest beat counts. `term` rises with
-- each holder. No clock is compared: a row is alive as long as its beat moves.
CREATE TABLE IF NOT EXISTS leases (
  name LowCardinality(String),
  holder String,
  state LowCardinality(String),
  term UInt64,
  beat UInt64,
  arrived DateTime64(6, 'UTC')
) ENGINE = ReplacingMergeTree(beat) ORDER BY (name, holder)
TTL toDateTime(arrived) + INTERVAL 30 DAY;

-- What each pass of the linker counted, written before `outcomes` are: whoever comes next knows what is counted, and writes
-- `counts` (JSON) again under the same token, which stores nothing twice. `names`: eight bytes a name, of every leg.
CREATE TABLE IF NOT EXISTS counted (
  token String,
  arrived DateTime64(6, 'UTC'),
  names String CODEC(ZSTD(1)),
  counts String CODEC(ZSTD(3))
) ENGINE = MergeTree PARTITION BY toStartOfHour(arrived) ORDER BY arrived
TTL toDateTime(arrived) + INTERVAL 2 HOUR
SETTINGS non_replicated_deduplication_window = 1000, ttl_only_drop_parts = 1;
