-- How much memory and processor do the processes take?
SELECT time, sum(memory) AS memory_bytes, sum(cpu) AS cpus
FROM (
    SELECT $__timeInterval(ts) AS time, process, host, max(memory_bytes) AS memory,
        greatest(max(cpu_s) - min(cpu_s), 0) / greatest(toFloat64(max(ts)) - toFloat64(min(ts)), 1) AS cpu
    FROM v1_platform
    WHERE $__timeFilter(ts)
    GROUP BY time, process, host)
GROUP BY time
ORDER BY time
LIMIT 20000
