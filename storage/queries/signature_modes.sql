-- What have operators set for each signature (tenant empty: all tenants)?
SELECT tenant, signature, argMax(mode, at) AS mode
FROM signature_settings
GROUP BY tenant, signature
LIMIT 100000
