-- What an operator may ask by SQL, in plain words: docs/grafana.md explains each column. A view shows what its owner may
-- read (SQL SECURITY DEFINER), so a reader needs no right to the tables behind it. Made anew at every start: what is
-- packed into one column of a table is read here by the same version that packs it (core/call/call-line.ts).

CREATE OR REPLACE VIEW view_calls DEFINER = CURRENT_USER SQL SECURITY DEFINER AS
SELECT
  id,
  tenant,
  method,
  from_number,
  JSONExtractString(line, 8) AS from_name,
  to_number,
  JSONExtractString(line, 10) AS to_name,
  since AS started,
  addMicroseconds(since, JSONExtract(line, 3, 'Nullable(Int64)')) AS ringing,
  nullIf(calls.answered, toDateTime64(0, 6, 'UTC')) AS answered,
  nullIf(calls.ended, toDateTime64(0, 6, 'UTC')) AS ended,
  until AS last_heard,
  dateDiff('microsecond', since, nullIf(calls.answered, toDateTime64(0, 6, 'UTC'))) / 1000000 AS setup_seconds,
  dateDiff('microsecond', nullIf(calls.answered, toDateTime64(0, 6, 'UTC')), nullIf(calls.ended, toDateTime64(0, 6, 'UTC')))
    / 1000000 AS talk_seconds,
  outcome,
  nullIf(calls.final_status, 0) AS final_status,
  hangup_cause,
  JSONExtractString(line, 14) AS hung_up_by,
  JSONExtractUInt(line, 15) AS attempts,
  JSONExtractUInt(line, 16) AS failed_attempts,
  JSONExtractUInt(line, 17) AS legs,
  arrayMap(one -> if(one = '0', id, JSONExtractString(one)), JSONExtractArrayRaw(line, 18)) AS call_ids,
  arrayMap(one -> if(one = '0', id, JSONExtractString(one)), JSONExtractArrayRaw(line, 19)) AS channels,
  JSONExtract(line, 20, 'Array(String)') AS nodes
FROM calls FINAL
WHERE gone = 0;

CREATE OR REPLACE VIEW view_legs DEFINER = CURRENT_USER SQL SECURITY DEFINER AS
SELECT id AS call, member.1 AS kind, member.2 AS leg
FROM
(
  SELECT
    id,
    arrayJoin(arrayConcat(
      arrayMap(one -> ('dialog', if(one = '0', id, JSONExtractString(one))), JSONExtractArrayRaw(line, 18)),
      arrayMap(one -> ('channel', if(one = '0', id, JSONExtractString(one))), JSONExtractArrayRaw(line, 19)))) AS member
  FROM calls FINAL
  WHERE gone = 0
);

CREATE OR REPLACE VIEW view_messages DEFINER = CURRENT_USER SQL SECURITY DEFINER AS
SELECT
  at,
  arrived,
  sensor,
  multiIf(protocol = 1, 'sip', protocol = 5, 'rtcp', protocol = 35, 'rtcpxr', toString(protocol)) AS kind,
  transport,
  if(messages.src_ip = toIPv6('::'), '', replaceOne(toString(messages.src_ip), '::ffff:', '')) AS src_ip,
  src_port,
  if(messages.dst_ip = toIPv6('::'), '', replaceOne(toString(messages.dst_ip), '::ffff:', '')) AS dst_ip,
  dst_port,
  call_id,
  method,
  status,
  cseq,
  cseq_method,
  reason,
  payload AS text
FROM messages;

CREATE OR REPLACE VIEW view_events DEFINER = CURRENT_USER SQL SECURITY DEFINER AS
SELECT at, arrived, node, name, subclass, channel, backfill = 1 AS repeated, headers AS changed_headers
FROM events;

CREATE OR REPLACE VIEW view_logs DEFINER = CURRENT_USER SQL SECURITY DEFINER AS
SELECT
  at,
  arrived,
  node,
  channel,
  call_id,
  multiIf(logs.level IN (1, 2), 'critical', logs.level = 3, 'error', logs.level = 4, 'warning', logs.level = 5, 'notice',
    logs.level = 7, 'debug', 'info') AS level,
  concat(file, ':', toString(line)) AS place,
  text
FROM logs;

CREATE OR REPLACE VIEW view_gaps DEFINER = CURRENT_USER SQL SECURITY DEFINER AS
SELECT since, until, node, stream, reason
FROM gaps FINAL;
