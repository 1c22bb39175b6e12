-- Which definitions that name a tool and allow some values only were offered in the tenant in the last eight
-- days, where first? The newest 16, as seen from a lane.
-- Touched by contents.
WITH texts AS (
    SELECT definitions_hash, any(text) AS said FROM definitions
    WHERE tenant = {of:String} AND received >= {since:DateTime64(9, 'UTC')} - toIntervalDay(8) AND received < {until:DateTime64(9, 'UTC')}
        AND position(text, '"enum"') > 0 AND positionCaseInsensitive(text, {tool:String}) > 0
    GROUP BY definitions_hash ORDER BY max(received) DESC, definitions_hash LIMIT 16)
SELECT {of:String} AS tenant, {at_lane:String} AS lane, toString(definitions_hash) AS anchor, emptyArrayString() AS agents, '' AS case_id,
    seen.1 AS first_ts, seen.1 AS last_ts, [(seen.2, seen.3, 'cause')] AS evidence, 'explicit' AS origin, said AS definitions
FROM (
    SELECT definitions_hash, min((ts, trace_id, span_id)) AS seen FROM contents
    WHERE contents.tenant = {of:String} AND received >= {since:DateTime64(9, 'UTC')} - toIntervalDay(8)
        AND definitions_hash IN (SELECT definitions_hash FROM texts)
    GROUP BY definitions_hash) AS offered
INNER JOIN texts USING (definitions_hash)
