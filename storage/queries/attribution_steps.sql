-- Which steps has a trace, in order of time, and what marks do their texts bear?
-- Of the one tenant `tenant`, or of the first that has it where that is empty. number: the sender's own, -1 without. words: of what
-- the step says, 0 where it is not recorded. figures: hashes of its words with a digit and of its names; heard: of those in what it was
-- told and in what a tool answered. hit_limit: it says, or its error says, that turns, time or budget were used up. changes: it wrote
-- or had an effect, or its tool has a name that says so.
WITH
    (SELECT min(Tenant) FROM otel_traces_trace_id_ts WHERE TraceId = {trace_id:String} AND ({tenant:String} = '' OR Tenant = {tenant:String})) AS owner,
    (SELECT min(Start) FROM otel_traces_trace_id_ts WHERE TraceId = {trace_id:String} AND Tenant = owner) AS begun,
    (SELECT max(End) + 1 FROM otel_traces_trace_id_ts WHERE TraceId = {trace_id:String} AND Tenant = owner) AS ended
SELECT step.*, number, words, figures, heard, says_limit OR error_type IN $budget_exit AS hit_limit,
    (trace_id, span_id) IN (SELECT trace_id, span_id FROM handoffs WHERE tenant = owner AND trace_id = {trace_id:String}
        AND to_agent NOT IN ('', from_agent)) AS hands_over,
    operation = 'execute_tool' AND $changes_things OR (trace_id, span_id) IN (
        SELECT trace_id, span_id FROM data_access WHERE tenant = owner AND trace_id = {trace_id:String} AND access = 'write'
        UNION ALL
        SELECT trace_id, span_id FROM effects WHERE tenant = owner AND trace_id = {trace_id:String}) AS changes
FROM (
    SELECT tenant, trace_id, span_id, parent_span_id, ts, agent, operation, tool, error_type, status = 'Error' AS failed
    FROM steps
    WHERE tenant = owner AND ts >= begun AND ts <= ended AND trace_id = {trace_id:String}
    ORDER BY revision DESC
    LIMIT 1 BY ts, span_id) AS step
LEFT ANY JOIN (
    SELECT span_id, number, length(extractAll(said, '[\\p{L}\\p{N}]+')) AS words, arraySlice($figures_of_said, 1, {figures_max:UInt32}) AS figures,
        arrayMap(said -> arraySlice($figures_of_said, 1, {figures_max:UInt32}), [told])[1] AS heard,
        match(substringUTF8(said, 1, 200), '(?i)\\b(?:max(?:imum)?|limit|budget)\\b[^.\n]{0,40}\\b(?:reached|exceeded|exhausted)\\b') AS says_limit
    FROM (
        SELECT SpanId AS span_id, mapKeys(SpanAttributes) AS keys, mapValues(SpanAttributes) AS texts,
            arrayMap((key, text) -> if(text = '', '', $content_kind), keys, texts) AS kinds,
            ifNull(toInt64OrNull(SpanAttributes['step.index']), -1) AS number,
            arrayStringConcat(arrayMap(text -> $text_of_messages, arrayFilter((text, kind) -> kind IN ('w', 'o'), texts, kinds)), '\n') AS said,
            arrayStringConcat(arrayMap(text -> $text_of_messages, arrayFilter((text, kind) -> kind IN ('i', 's', 'r'), texts, kinds)), '\n') AS told
        FROM otel_traces
        WHERE Tenant = owner AND Timestamp >= begun AND Timestamp <= ended AND TraceId = {trace_id:String}
        LIMIT 1 BY SpanId)) AS marks USING (span_id)
ORDER BY ts, span_id
LIMIT {rows_max:UInt64}
