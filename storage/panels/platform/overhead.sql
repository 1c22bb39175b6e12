-- What does watching cost beside what is watched? Processor seconds of our processes, and USD of model calls.
SELECT max(cpu) AS cpu_s, max(usd) AS model_usd, cpu_s / 3600 * 0.04 AS watching_usd, watching_usd / nullIf(model_usd, 0) AS share
FROM (
    SELECT sum(used) AS cpu, 0 AS usd
    FROM (
        SELECT max(cpu_s) - min(cpu_s) AS used
        FROM v1_platform
        WHERE $__timeFilter(ts)
        GROUP BY process, host)
    UNION ALL
    SELECT 0, sum(ifNull(cost_usd, 0))
    FROM v1_steps
    WHERE {timed})
