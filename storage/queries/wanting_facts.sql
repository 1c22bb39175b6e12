-- Which kinds of facts received in a period name no agent yet.
SELECT * FROM (
SELECT 'decisions' AS fact FROM decisions
WHERE received >= {since:DateTime64(9, 'UTC')} AND received < {until:DateTime64(9, 'UTC')} AND agent = ''
LIMIT 1)
UNION ALL
SELECT * FROM (
SELECT 'data_access' AS fact FROM data_access
WHERE received >= {since:DateTime64(9, 'UTC')} AND received < {until:DateTime64(9, 'UTC')} AND agent = ''
LIMIT 1)
UNION ALL
SELECT * FROM (
SELECT 'effects' AS fact FROM effects
WHERE received >= {since:DateTime64(9, 'UTC')} AND received < {until:DateTime64(9, 'UTC')} AND agent = ''
LIMIT 1)
UNION ALL
SELECT * FROM (
SELECT 'handoffs' AS fact FROM handoffs
WHERE received >= {since:DateTime64(9, 'UTC')} AND received < {until:DateTime64(9, 'UTC')} AND agent = ''
LIMIT 1)
