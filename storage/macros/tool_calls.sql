-- Tool calls that tools.yaml has a rule for, with the rule and what it says of the call.
SELECT call.*, rule.*,
    arrayStringConcat(arrayMap(expression -> $expression_text, rule.entity_parts)) AS entity_text,
    arrayAll(expression -> $expression_text != '', rule.entity_parts) AS entity_whole
FROM (
    SELECT $fact_fields, operation, status, tool, $field_arguments AS arguments,
        $field_result AS result, $field_decision_id AS decision_id
    FROM facts$local
    WHERE origin = 'span' AND operation = 'execute_tool'
) AS call
INNER JOIN (
    SELECT * EXCEPT (tool, entity, generation, origin), tool AS rule_tool, entity AS entity_parts, origin AS rule_origin
    FROM tool_rules$local WHERE generation = (SELECT max(generation) FROM tool_rules$local)
) AS rule ON rule.rule_tool = call.tool
