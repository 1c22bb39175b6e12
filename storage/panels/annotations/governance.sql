-- When did people or rules change limits, or stop somebody?
SELECT ts AS time, concat(who, ': ', action, ' ', subject, if(why = '', '', concat(' because ', why))) AS text, action AS tags
FROM v1_governance
WHERE {timed}
ORDER BY time DESC
LIMIT 200
