-- Which effects intents of a kind had, on each whole day of [since, until): to intent_effects. An intent counts as
-- bad when a run that acted on it ended badly by what is known now.
INSERT INTO intent_effects (tenant, intent_kind, day, effect_kind, unblamed, bad, revision)
WITH $ended_runs,
meant AS (
    SELECT tenant, intent_id, min(toString(kind)) AS intent_kind FROM intents FINAL
    WHERE kind != '' AND intent_id != '' AND ({tenant:String} = '' OR tenant = {tenant:String})
        AND ts >= {since:DateTime64(9, 'UTC')} - toIntervalDay(7) AND ts < {until:DateTime64(9, 'UTC')}
    GROUP BY tenant, intent_id)
SELECT tenant, intent_kind, day, effect_kind, countIf(NOT is_bad) AS unblamed, countIf(is_bad) AS bad,
    toUnixTimestamp64Nano(now64(9)) AS revision
FROM (
    SELECT tenant, intent_id, toDate(ts, 'UTC') AS day, arrayJoin([toString(kind), '']) AS effect_kind, max(ifNull(polarity, 1) < 0) AS is_bad
    FROM (
        SELECT tenant, intent_id, ts, kind, trace_id FROM effects FINAL
        WHERE intent_id != '' AND status != 'Error' AND ({tenant:String} = '' OR tenant = {tenant:String})
            AND ts >= toStartOfDay({since:DateTime64(9, 'UTC')}, 'UTC') AND ts < toStartOfDay({until:DateTime64(9, 'UTC')}, 'UTC')) AS done
    LEFT JOIN ended USING (tenant, trace_id)
    GROUP BY tenant, intent_id, day, effect_kind) AS each
INNER JOIN meant USING (tenant, intent_id)
GROUP BY tenant, intent_kind, day, effect_kind
