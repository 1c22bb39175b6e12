-- Do definitions of tools that were offered in [since, until), or in the hour before, say what results look like?
SELECT 1 AS some
FROM definitions
WHERE received >= {since:DateTime64(9, 'UTC')} - toIntervalHour(1) AND received < {until:DateTime64(9, 'UTC')} AND $says_results
LIMIT 1
