-- Steps received in a period that want an agent or a conversation yet.
SELECT count() AS steps
FROM steps FINAL
WHERE received >= {since:DateTime64(9, 'UTC')} AND received < {until:DateTime64(9, 'UTC')} AND wants_ancestor
