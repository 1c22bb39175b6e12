-- Which of these findings are stored, and what do they say (hash)?
SELECT finding_id, argMax(content, revision) AS content, argMax(retracted, revision) AS retracted
FROM findings
WHERE finding_id IN {finding_ids:Array(String)}
GROUP BY finding_id
LIMIT 100000
