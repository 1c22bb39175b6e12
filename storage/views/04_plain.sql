-- From known attributes to canonical fields, for what has no quirk: a field is its first text.
CREATE MATERIALIZED VIEW IF NOT EXISTS known_to_canonical $on_cluster TO canonical$local AS
SELECT * EXCEPT (known_operation), $operation AS operation, $field_tool AS tool,
    fields[-1] >= $first_fact AS says_fact
FROM (
    SELECT * EXCEPT (numbers, tool_message, choice_message), $field_operation AS known_operation
    FROM (
        SELECT *, arrayMap(number -> intDiv(number, $sources_max), numbers) AS fields
        FROM known$local
        WHERE numbers[-1] < $first_quirk))
