-- What each of these agents did between `since` and `until`.
-- Runs (traces), steps, steps that failed, reads, writes, decisions, effects, outcomes by sign, tokens
-- and cost (USD) of model calls.
WITH {tenant:String} AS wanted_tenant, {agents:Array(String)} AS wanted_agents,
    {since:DateTime64(9, 'UTC')} AS from_ts, {until:DateTime64(9, 'UTC')} AS to_ts
SELECT agent, sum(runs) AS runs, sum(steps) AS steps, sum(errors) AS errors, sum(reads) AS reads,
    sum(writes) AS writes, sum(decisions) AS decisions, sum(effects) AS effects, sum(good) AS good,
    sum(bad) AS bad, sum(tokens) AS tokens, sum(usd) AS usd
FROM (
    SELECT agent, uniqExact(trace_id) AS runs, count() AS steps, countIf(status = 'Error') AS errors,
        0 AS reads, 0 AS writes, 0 AS decisions, 0 AS effects, 0 AS good, 0 AS bad,
        sum(input_tokens + output_tokens) AS tokens, sum(ifNull(cost, 0)) AS usd
    FROM steps FINAL
    WHERE tenant = wanted_tenant AND agent IN wanted_agents AND ts BETWEEN from_ts AND to_ts AND received >= from_ts
    GROUP BY agent
    UNION ALL
    SELECT agent, 0, 0, 0, countIf(access = 'read'), countIf(access = 'write'), 0, 0, 0, 0, 0, 0
    FROM data_access FINAL
    WHERE tenant = wanted_tenant AND agent IN wanted_agents AND ts BETWEEN from_ts AND to_ts AND received >= from_ts
    GROUP BY agent
    UNION ALL
    SELECT agent, 0, 0, 0, 0, 0, count(), 0, 0, 0, 0, 0
    FROM decisions FINAL
    WHERE tenant = wanted_tenant AND agent IN wanted_agents AND ts BETWEEN from_ts AND to_ts AND received >= from_ts
    GROUP BY agent
    UNION ALL
    SELECT agent, 0, 0, 0, 0, 0, 0, count(), 0, 0, 0, 0
    FROM effects FINAL
    WHERE tenant = wanted_tenant AND agent IN wanted_agents AND ts BETWEEN from_ts AND to_ts AND received >= from_ts
    GROUP BY agent
    UNION ALL
    SELECT agent, 0, 0, 0, 0, 0, 0, 0, countIf(polarity > 0), countIf(polarity < 0), 0, 0
    FROM outcomes FINAL
    WHERE tenant = wanted_tenant AND agent IN wanted_agents AND ts BETWEEN from_ts AND to_ts AND received >= from_ts
    GROUP BY agent)
GROUP BY agent
ORDER BY agent
LIMIT {limit:UInt32}
