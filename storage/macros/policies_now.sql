-- A table: the policy versions of policies.yaml in force, and until when each holds; canaries and
-- shadows hold for nobody.
(SELECT *, leadInFrame(effective_from, 1, toDateTime64('2200-01-01 00:00:00', 9))
        OVER (PARTITION BY policy_id ORDER BY effective_from ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS effective_until
    FROM policy_rules WHERE generation = (SELECT max(generation) FROM policy_rules) AND policy_id != '' AND NOT canary AND NOT shadow)
