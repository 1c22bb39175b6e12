-- The row that holds for each API key, the last changed first; secret_sha256 is hex.
-- A key that was revoked once stays so, whatever the clocks of several servers say.
SELECT key_id, tenant, name, scopes, secret_sha256, revoked, changed_at
FROM (
    SELECT key_id, tenant, name, scopes, secret_sha256, revoked, changed_at
    FROM api_keys
    ORDER BY revoked DESC, changed_at DESC
    LIMIT 1 BY key_id
)
ORDER BY changed_at DESC
LIMIT 100000
