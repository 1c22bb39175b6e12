-- Tool calls that tools.yaml has a rule for, with the rule and what it says of the call.
SELECT *,
    said[1] AS version_said, said[2] AS version_prev_said, said[3] AS as_of_said, said[4] AS value_said, said[5] AS prev_said,
    said[6] AS idempotency_key_said, said[7] AS delta_said,
    arraySlice(said, 8, length(entity_parts)) AS entity_said,
    arrayStringConcat(entity_said) AS entity_text, NOT has(entity_said, '') AS entity_whole,
    arrayStringConcat(arraySlice(said, 8 + length(entity_parts), length(compensates))) AS compensates_said,
    arrayStringConcat(arraySlice(said, 8 + length(entity_parts) + length(compensates), length(opens))) AS opens_said,
    arrayStringConcat(arraySlice(said, -length(closes), length(closes))) AS closes_said
FROM (
    SELECT call.*, rule.*,
        -- All at once: each lambda costs planning in every insert.
        arrayMap(expression -> $expression_text, arrayConcat([version, version_prev, as_of, value, prev, idempotency_key, effect_delta],
            entity_parts, compensates, opens, closes)) AS said
    FROM (
        SELECT $fact_fields, operation, status, tool, $field_arguments AS arguments,
            $field_result AS result, $field_decision_id AS decision_id
        FROM facts$local
        WHERE origin = 'span' AND operation = 'execute_tool'
    ) AS call
    INNER JOIN (
        SELECT * EXCEPT (tool, entity, generation, origin), tool AS rule_tool, entity AS entity_parts, origin AS rule_origin
        FROM tool_rules$local WHERE generation = (SELECT max(generation) FROM tool_rules$local)
    ) AS rule ON rule.rule_tool = call.tool)
