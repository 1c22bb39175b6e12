-- Of the decisions that an agent took alone since a time, how many were undone later, week by week? An outcome counts
-- that is bad and names the decision, its span, or what it wrote; each decision counts once, in the week it was taken.
-- agent_version: empty for all. week: its Monday; both columns are counts of decisions.
WITH bad AS (
    SELECT DISTINCT arrayJoin(target) AS target FROM outcomes FINAL
    WHERE tenant = {tenant:String} AND ts >= {since:DateTime64(9, 'UTC')} AND polarity < 0
        AND type IN ('reversal', 'manual_override', 'chargeback')),
undone AS (
    SELECT DISTINCT decision_id FROM data_access FINAL
    WHERE tenant = {tenant:String} AND ts >= {since:DateTime64(9, 'UTC')} AND agent = {agent:String} AND access = 'write'
        AND decision_id != '' AND (data_id IN (SELECT target FROM bad) OR entity IN (SELECT target FROM bad)))
SELECT toStartOfWeek(at, 1) AS week, count() AS alone, countIf(reversed) AS reversed
FROM (
    SELECT if(decision_id = '', concat(trace_id, '/', span_id), decision_id) AS decision, min(ts) AS at,
        max((decision_id != '' AND (decision_id IN (SELECT target FROM bad) OR decision_id IN (SELECT decision_id FROM undone)))
            OR concat('span:', trace_id, '-', span_id) IN (SELECT target FROM bad)) AS reversed
    FROM decisions FINAL
    WHERE tenant = {tenant:String} AND ts >= {since:DateTime64(9, 'UTC')} AND agent = {agent:String}
        AND action = {action:String} AND outcome = 'allow' AND ({agent_version:String} = '' OR trace_id IN (
            SELECT trace_id FROM steps
            WHERE tenant = {tenant:String} AND agent = {agent:String} AND agent_version = {agent_version:String}
                AND ts >= {since:DateTime64(9, 'UTC')}))
    GROUP BY decision)
GROUP BY week
ORDER BY week
LIMIT {rows_max:UInt64}
