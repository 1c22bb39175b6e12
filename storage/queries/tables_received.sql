-- Which of the tables that rules look at have rows that were received in [since, until)?
SELECT table FROM (
    SELECT 'steps' AS table FROM steps WHERE received >= {since:DateTime64(9)} AND received < {until:DateTime64(9)} LIMIT 1
    UNION ALL
    SELECT 'contents' FROM contents WHERE received >= {since:DateTime64(9)} AND received < {until:DateTime64(9)} LIMIT 1
    UNION ALL
    SELECT 'data_access' FROM data_access WHERE received >= {since:DateTime64(9)} AND received < {until:DateTime64(9)} LIMIT 1
    UNION ALL
    SELECT 'decisions' FROM decisions WHERE received >= {since:DateTime64(9)} AND received < {until:DateTime64(9)} LIMIT 1
    UNION ALL
    SELECT 'effects' FROM effects WHERE received >= {since:DateTime64(9)} AND received < {until:DateTime64(9)} LIMIT 1
    UNION ALL
    SELECT 'outcomes' FROM outcomes WHERE received >= {since:DateTime64(9)} AND received < {until:DateTime64(9)} LIMIT 1
    UNION ALL
    SELECT 'intents' FROM intents WHERE received >= {since:DateTime64(9)} AND received < {until:DateTime64(9)} LIMIT 1
    UNION ALL
    SELECT 'handoffs' FROM handoffs WHERE received >= {since:DateTime64(9)} AND received < {until:DateTime64(9)} LIMIT 1
    UNION ALL
    SELECT 'messages' FROM messages WHERE received >= {since:DateTime64(9)} AND received < {until:DateTime64(9)} LIMIT 1)
LIMIT 9
