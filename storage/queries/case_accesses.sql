-- What did these runs read and write? Those that failed touched nothing.
SELECT ts, trace_id, span_id, entity, toString(field) AS field_name, access = 'write' AS is_write, version, compensates
FROM data_access FINAL
WHERE tenant = {tenant:String} AND ts >= {earliest:DateTime64(9)} AND received < {until:DateTime64(9)}
    AND trace_id IN {trace_ids:Array(String)} AND status != 'Error'
LIMIT {rows_max:UInt64}
