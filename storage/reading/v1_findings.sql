-- What was found, without what was refuted or is only tried? ts: when it was last so.
CREATE VIEW IF NOT EXISTS v1_findings $on_cluster AS
SELECT tenant, last_at AS ts, first_at, found_at, finding_id, signature, toString(findings.severity) AS severity,
    CAST(findings.severity, 'Int8') AS severity_rank, confidence, agents, case_id, trace_ids, reason, facts, tags, mute_key, degraded
FROM findings FINAL
WHERE NOT retracted AND NOT shadow
