-- Takes findings back that later spans do not bear out; they stay, marked.
INSERT INTO findings
    (tenant, finding_id, signature, signature_version, severity, confidence, agents, lane, case_id, first_at,
    last_at, evidence, reason, facts, tags, mute_key, origin, degraded, shadow, retracted, content, found_at, revision)
SELECT tenant, finding_id, signature, signature_version, severity, confidence, agents, lane, case_id, first_at,
    last_at, evidence, reason, facts, tags, mute_key, origin, degraded, shadow, true, content, found_at,
    greatest(revision + 1, {revision:UInt64})
FROM findings FINAL
WHERE (tenant, finding_id) IN {keys:Array(Tuple(String, String))}
