-- What was changed: prompts, models, policies, tools, sources?
SELECT ts AS time, concat(kind, ' ', what, ' ', version_prev, ' to ', version, if(note = '', '', concat(': ', note))) AS text,
    kind AS tags
FROM v1_changes
WHERE {timed}
ORDER BY time DESC
LIMIT 200
