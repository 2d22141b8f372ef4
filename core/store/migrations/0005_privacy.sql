-- What people asked to be erased, and calls that must not go (docs/privacy.md). The newest version counts.

-- `number`, and `nodes` (the legs that were found, a JSON array) are there while a job works and "" after it.
CREATE TABLE IF NOT EXISTS privacy_jobs (
  id FixedString(8),
  version UInt64,
  arrived DateTime64(6, 'UTC'),
  asked DateTime64(6, 'UTC'),
  state LowCardinality(String),
  who String,
  reason String,
  number String,
  nodes String,
  legs UInt32,
  rows UInt64,
  message String
) ENGINE = ReplacingMergeTree(version) ORDER BY id;

-- `call` is the id that it was asked for by, `nodes` its legs, a JSON array.
CREATE TABLE IF NOT EXISTS holds (
  call String,
  version UInt64,
  arrived DateTime64(6, 'UTC'),
  since DateTime64(6, 'UTC'),
  who String,
  reason String,
  nodes String,
  released UInt8
) ENGINE = ReplacingMergeTree(version) ORDER BY call;
