-- How seldom did intents of the same kind have an effect of the same kind, in the 30 days before its day? bits:
-- -log2((seen + 1/2) / (intents + kinds / 2)), of intents that did not end badly; bad_before: that did. Nothing is said
-- of kinds for which policies.yaml says what may come of them.
-- Touched by effects, intents.
-- Needs customs.
WITH
    touched AS (
        SELECT tenant, trace_id, ts FROM effects
        WHERE intent_id != '' AND received >= {since:DateTime64(9, 'UTC')} AND received < {until:DateTime64(9, 'UTC')}
        UNION ALL
        SELECT tenant, trace_id, ts FROM intents
        WHERE received >= {since:DateTime64(9, 'UTC')} AND received < {until:DateTime64(9, 'UTC')}),
    done AS (
        SELECT tenant, trace_id, intent_id, toString(kind) AS effect_kind, min((ts, span_id, toString(agent), case_id, entity)) AS e, toDate(e.1, 'UTC') AS on_day
        FROM effects FINAL
        WHERE $of_touched AND intent_id != '' AND status != 'Error' AND received < {until:DateTime64(9, 'UTC')}
        GROUP BY tenant, trace_id, intent_id, effect_kind),
    meant AS (
        SELECT tenant, intent_id, min((ts, trace_id, span_id)) AS said, min(toString(kind)) AS intent_kind FROM intents FINAL
        WHERE kind != '' AND (tenant, intent_id) IN (SELECT tenant, intent_id FROM done) AND received < {until:DateTime64(9, 'UTC')}
        GROUP BY tenant, intent_id),
    customs AS (
        SELECT tenant, intent_kind, groupArray((day, effect_kind, unblamed, bad)) AS counted FROM intent_effects FINAL
        WHERE intent_kind NOT IN (
            SELECT subject FROM policy_permissions WHERE kind = 'intent_effects' AND generation = (SELECT max(generation) FROM policy_permissions))
        GROUP BY tenant, intent_kind)
SELECT tenant, concat('trace:', trace_id) AS lane, concat(intent_id, ' ', effect_kind) AS anchor, [e.3] AS agents, e.4 AS case_id, e.1 AS first_ts, e.1 AS last_ts,
    arrayDistinct([(trace_id, e.2, 'violation'), if((said.2, said.3) = (trace_id, e.2), (trace_id, e.2, 'violation'), (said.2, said.3, 'cause'))]) AS evidence, 'inferred' AS origin,
    if(e.3 = '', 'an agent', e.3) AS agent_name, intent_kind, if(effect_kind = '', 'something', effect_kind) AS kind_of_effect, if(e.5 = '', 'no named thing', e.5) AS subject,
    toInt64(arraySum(one -> one.3 * (one.2 = ''), before)) AS intents_before, toInt64(arraySum(one -> one.3 * (one.2 = effect_kind), before)) AS seen_before,
    toInt64(arraySum(one -> one.4 * (one.2 = effect_kind), before)) AS bad_before, length(arrayDistinct(arrayPushBack(before.2, effect_kind))) - has(before.2, '') AS kinds,
    round(-log2((seen_before + 0.5) / (intents_before + 0.5 * kinds)), 1) AS bits, -- stated for what is seen often enough
    concat(if(seen_before = 0, 'none', toString(seen_before)), ' of the ', toString(intents_before), ' intents of this kind in the 30 days before did',
        if(bad_before = 0, '', concat(', and ', toString(bad_before), ' that did ended badly'))) AS record
FROM (
    SELECT *, arrayFilter(one -> one.1 < on_day AND one.1 >= on_day - 30, counted) AS before
    FROM done INNER JOIN meant USING (tenant, intent_id) INNER JOIN customs USING (tenant, intent_kind))
