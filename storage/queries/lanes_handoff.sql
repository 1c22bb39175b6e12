-- Which hand-offs did the work items and cases see that were passed on, or whose case was written to, in
-- [since, until); of each the newest so many, if they repeat themselves at all? token: who to whom;
-- tool: the work item or case.
SELECT cityHash64(tenant, item) AS lane, cityHash64(turn.4, turn.5) AS token, toUnixTimestamp64Nano(turn.1) AS ts_ns,
    turn.6 AS inferred, tenant, turn.4 AS agent, item AS tool, turn.3 AS trace_id, turn.2 AS span_id, of_case AS case_id
FROM (
    SELECT tenant, if(work_item_id != '', work_item_id, case_id) AS item, max(case_id) AS of_case,
        arraySlice(arraySort(groupArray((ts, span_id, trace_id, toString(from_agent), toString(to_agent), origin = 'inferred'))), -{turns_max:UInt32}) AS turns
    FROM handoffs FINAL
    WHERE received < {until:DateTime64(9)} AND (work_item_id != '' OR case_id != '') AND (tenant, lane) IN (
        SELECT tenant, lane FROM handoffs
        WHERE received >= {since:DateTime64(9)} AND received < {until:DateTime64(9)} OR (tenant, case_id) IN $cases_written_to)
    GROUP BY tenant, item
    HAVING count() >= 6 AND count() - uniqExact(from_agent, to_agent) >= 4
        AND cityHash64(tenant, concat('handoff:', item)) % {shards:UInt32} = {shard:UInt32})
ARRAY JOIN turns AS turn
ORDER BY lane, turn
LIMIT {turns_max:UInt32} BY lane
