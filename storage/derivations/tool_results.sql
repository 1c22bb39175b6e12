-- What tools answered in spans received in [since, until), where definitions of theirs say what results look
-- like: to tool_results.
INSERT INTO tool_results (tenant, received, retention_days, ts, trace_id, span_id, agent, case_id, tool, result, revision)
SELECT tenant, received, retention_days, ts, trace_id, span_id, agent, case_id, tool,
    arrayMap(wrapped -> $content_unwrapped, [wrapped_result])[1] AS result, toUnixTimestamp64Nano(now64(9)) AS revision
FROM ($content_texts) AS text
INNER JOIN (
    SELECT tenant, received, retention_days, ts, trace_id, span_id, agent, case_id, tool, tool AS name
    FROM steps FINAL
    WHERE received >= {since:DateTime64(9, 'UTC')} AND received < {until:DateTime64(9, 'UTC')}
        AND operation = 'execute_tool' AND status != 'Error'
        AND (tenant, $bare_name) IN (
            SELECT tenant, arrayJoin(arrayMap(name -> $bare_name, arrayDistinct(extractAll(text, '"name": *"([^"]{1,128})"')))) FROM definitions
            WHERE received >= {since:DateTime64(9, 'UTC')} - toIntervalHour(1) AND received < {until:DateTime64(9, 'UTC')} AND $says_results)
) AS step USING (tenant, trace_id, span_id)
WHERE startsWith(result, '{') AND endsWith(result, '}') AND length(result) <= 16384
