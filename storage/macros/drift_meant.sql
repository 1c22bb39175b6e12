-- What each run is for: `meant` (trace_id, intent), of the intents that were said about the windows.
meant AS (
    SELECT trace_id, min(substringUTF8(kind, 1, 100)) AS intent
    FROM intents FINAL
    WHERE tenant = {tenant:String} AND kind != ''
        AND ts >= {since:DateTime64(9, 'UTC')} AND ts < {until:DateTime64(9, 'UTC')}
    GROUP BY trace_id)
