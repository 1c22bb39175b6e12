-- The latest row of each API key; secret_sha256 is hex.
SELECT key_id, tenant, name, scopes, secret_sha256, revoked, changed_at
FROM api_keys
ORDER BY changed_at DESC
LIMIT 1 BY key_id
LIMIT 100000
