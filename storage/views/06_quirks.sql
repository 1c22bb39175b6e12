-- From known attributes to canonical fields, for what has quirks. Rules (field, number of the key, index
-- of the pseudo key, raw kinds, operations, path, wrappings) resolve fields that have a conditional or
-- a wrapped source, in their order; these stand before what is plain.
CREATE MATERIALIZED VIEW IF NOT EXISTS quirky_to_canonical $on_cluster TO canonical$local AS
SELECT *, $field_tool AS tool, arrayExists(field -> field >= $first_fact, fields) AS says_fact
FROM (
    SELECT tenant, received, retention_days, ts, duration_ns, trace_id, span_id, parent_span_id, origin,
        name, service, service_version, status, exception_type, operation,
        arrayConcat(arrayMap(one -> one.1, found), arrayMap(number -> intDiv(number, $sources_max), numbers)) AS fields,
        arrayConcat(arrayMap(one -> one.2, found), known_texts) AS texts
    FROM (
        SELECT * EXCEPT (texts), texts AS known_texts,
            arrayFilter(one -> one.2 != '', arrayMap(rule -> (rule.1, $quirk_text), arrayFilter(
                rule -> (rule.2 = 0 OR has(numbers, rule.2)) AND (empty(rule.4) AND empty(rule.5)
                    OR has(rule.4, kind) OR has(rule.5, operation)),
                $quirk_rules))) AS found
        FROM (
            SELECT *, $operation AS operation,
                [name, replaceRegexpOne(name, '[.]run\\z', ''), tool_message, choice_message] AS pseudo
            FROM (
                SELECT *, $quirk_kind AS kind, $quirk_operation AS said_operation,
                    if(said_operation = 'invoke_agent' AND kind = 'AGENT' AND arrayExists(
                        number -> intDiv(number, $sources_max) = $number_tool, numbers), 'execute_tool', said_operation)
                        AS known_operation
                FROM quirky$local))))
