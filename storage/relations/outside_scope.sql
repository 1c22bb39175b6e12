-- Which agents called tools or worked for tenants that policies.yaml does not allow them, and what that
-- was refused (401, 403) was then done to the same entity by another tool or agent of the run? Not after
-- the refused way itself was let in, nor by a way that was open before; nor by break-glass agents.
-- Touched by steps, data_access.
-- Needs bounds or failures.
WITH $touched_steps,
calls AS (
    SELECT tenant, trace_id, span_id, toString(agent) AS by_agent, toString(tool) AS by_tool, case_id, ts, status = 'Error' AS failed, toString(error_type) AS error,
        failed AND match(lower(error), '(?:^|[^0-9])40[13](?:[^0-9]|\\z)|unauthori[sz]ed|unauthenticated|forbidden|permission_?denied|access_?denied') AS kept_out
    FROM walked
    WHERE NOT has((SELECT groupUniqArrayArray(allowed) FROM policy_permissions
        WHERE kind = 'break_glass' AND generation = (SELECT max(generation) FROM policy_permissions)), toString(agent))),
bounds AS (
    SELECT subject AS by_agent, anyIf(allowed, kind = 'agent_tools') AS tools, countIf(kind = 'agent_tools') > 0 AS says_tools,
        anyIf(allowed, kind = 'agent_tenants') AS tenants, countIf(kind = 'agent_tenants') > 0 AS says_tenants
    FROM policy_permissions WHERE generation = (SELECT max(generation) FROM policy_permissions) AND kind IN ('agent_tools', 'agent_tenants')
    GROUP BY subject),
accesses AS (
    SELECT tenant, trace_id, entity, max(c.case_id) AS of_case, max(guess) AS guessed,
        arraySort(groupArray((c.ts, span_id, by_agent, by_tool, failed, changes, kept_out, error))) AS uses
    FROM (
        SELECT DISTINCT tenant, trace_id, span_id, entity, access = 'write' AS changes, origin = 'inferred' AS guess FROM data_access FINAL
        WHERE (tenant, entity) IN (SELECT tenant, entity FROM data_access
                WHERE entity != '' AND received >= {since:DateTime64(9, 'UTC')} AND received < {until:DateTime64(9, 'UTC')}
                    AND (tenant, trace_id) IN (SELECT tenant, trace_id FROM calls WHERE kept_out))
            AND $in_touched_days AND received < {until:DateTime64(9, 'UTC')}) AS a
    INNER JOIN calls AS c USING (tenant, trace_id, span_id)
    GROUP BY tenant, trace_id, entity HAVING max(kept_out) AND NOT min(failed))
SELECT tenant, concat('trace:', trace_id) AS lane, concat(way, '|', by_agent, '|', used) AS anchor, [by_agent] AS agents, max(w.case_id) AS case_id,
    min(ts) AS first_ts, max(ts) AS last_ts, arrayMap(one -> (trace_id, one.2, 'violation'), arraySlice(arraySort(groupArray((ts, span_id))), 1, 20)) AS evidence,
    'explicit' AS origin, by_agent AS agent_name,
    if(way = 'tool', concat('it called ', used, ' (', toString(count()), ' calls) and may call only ', arrayStringConcat(arraySlice(any(tools), 1, 5), ', ')),
        concat('it worked for the tenant ', used, ' and may work only for ', arrayStringConcat(arraySlice(any(tenants), 1, 5), ', '))) AS what
FROM (
    SELECT tenant, trace_id, span_id, by_agent, case_id, ts, tools, tenants,
        says_tools AND by_tool != '' AND NOT kept_out
            AND NOT arrayExists(glob -> by_tool LIKE replaceAll(replaceAll(glob, '_', '\\_'), '*', '%'), tools) AS strange_tool,
        arrayJoin(arrayConcat(if(strange_tool, ['tool'], []), if(says_tenants AND NOT has(tenants, tenant), ['tenant'], []))) AS way,
        if(way = 'tool', by_tool, toString(tenant)) AS used
    FROM calls INNER JOIN bounds USING (by_agent)) AS w
GROUP BY tenant, trace_id, by_agent, way, used
UNION ALL
SELECT tenant, concat('trace:', trace_id), concat('refused|', entity), arrayDistinct([refusal.3, through.3]), of_case, refusal.1, through.1,
    [(trace_id, refusal.2, 'cause'), (trace_id, through.2, 'violation')], if(guessed, 'inferred', 'explicit'), if(through.3 = '', 'an agent', through.3),
    concat(if(refusal.3 = through.3, '', concat(refusal.3, ' by ')), refusal.4, ' was refused ', entity, ' (', refusal.8, '), which it then reached by ', through.4)
FROM (
    SELECT *, arrayFirst(one -> one.7, uses) AS refusal, arrayFilter(one -> NOT one.5, uses) AS successes,
        arrayFirst(one -> one.1 > refusal.1 AND one.6 >= refusal.6 AND (one.3, one.4) != (refusal.3, refusal.4)
            AND NOT arrayExists(other -> other.1 > refusal.1 AND other.1 < one.1 AND (other.3, other.4) = (refusal.3, refusal.4), successes)
            AND NOT arrayExists(other -> other.1 < refusal.1 AND (other.3, other.4) = (one.3, one.4), successes), successes) AS through
    FROM accesses)
WHERE through.2 != ''
