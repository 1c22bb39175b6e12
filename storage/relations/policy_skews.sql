-- Which decisions used an older version of a policy than the one in force at their time, or another than
-- another agent in the same case did? Declared canaries are no skew, nor is a change of version between the
-- two where each used what was in force.
-- Touched by decisions.
WITH
    touched AS (
        SELECT tenant, if(case_id != '', concat('case:', case_id), concat('trace:', trace_id)) AS lane FROM decisions
        WHERE received >= {since:DateTime64(9)} AND received < {until:DateTime64(9)}),
    known AS (
        SELECT policy_id, groupArray((version, effective_from, canary OR shadow)) AS versions FROM policy_rules
        WHERE generation = (SELECT max(generation) FROM policy_rules) GROUP BY policy_id),
    decided AS (
        SELECT tenant, if(case_id != '', concat('case:', case_id), concat('trace:', trace_id)) AS lane, toString(policy_id) AS policy_id, case_id,
            arraySort(groupArray((ts, trace_id, span_id, toString(agent), toString(policy_version), toString(origin), decision_id))) AS uses
        FROM decisions FINAL
        WHERE (tenant, lane) IN touched AND policy_version != '' AND received < {until:DateTime64(9)}
        GROUP BY tenant, lane, policy_id, case_id)
SELECT tenant, lane, concat(used.3, used.7, policy_id) AS anchor, arrayDistinct(arrayFilter(one -> one != '', [used.4, other.4])) AS agents, case_id,
    if(outdated, used.1, other.1) AS first_ts, used.1 AS last_ts, used.6 AS origin,
    arrayConcat([(used.2, used.3, 'violation')], if(outdated, [], [(other.2, other.3, 'cause')])) AS evidence,
    if(used.4 = '', 'an agent', used.4) AS agent_name, if(policy_id = '', 'its policy', policy_id) AS policy_name, used.5 AS used_version,
    if(outdated, concat('version ', in_force.1, ' was in force'), concat(other.4, ' used version ', other.5, ' in the same case')) AS what
FROM (
    SELECT *, arrayFirst(v -> v.1 = used.5, versions) AS own,
        arraySort(v -> v.2, arrayFilter(v -> NOT v.3 AND v.2 <= used.1 - toIntervalSecond(2), versions))[-1] AS in_force,
        own.1 != '' AND NOT own.3 AND in_force.2 > own.2 AS outdated,
        arrayFirst(one -> one.1 <= used.1 AND one.4 != used.4 AND one.5 != used.5 AND one.4 != ''
            AND NOT has(arrayMap(v -> v.1, arrayFilter(v -> v.3, versions)), one.5)
            AND NOT (own.1 != '' AND has(arrayMap(v -> v.1, versions), one.5)), uses) AS other
    FROM (SELECT *, arrayJoin(uses) AS used FROM decided LEFT JOIN known USING (policy_id)))
WHERE outdated OR (other.4 != '' AND used.4 != '' AND lane LIKE 'case:%' AND NOT own.3)
