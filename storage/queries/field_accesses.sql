-- Who read and who wrote a field of an entity, in order of time, between `since` and `until`.
-- at: when; as_of_at: when what was read was true at its source (1970 = not said); both UTC.
SELECT toTimeZone(ts, 'UTC') AS at, access, agent, service, version, value_num, source, source_kind,
    toTimeZone(as_of, 'UTC') AS as_of_at, trace_id, span_id
FROM data_access FINAL
WHERE tenant = {tenant:String} AND entity = {entity:String} AND field = {field:String}
    AND ts BETWEEN {since:DateTime64(9, 'UTC')} AND {until:DateTime64(9, 'UTC')}
    AND received >= {since:DateTime64(9, 'UTC')}
ORDER BY ts
LIMIT {limit:UInt32}
