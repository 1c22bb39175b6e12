-- Rules of tools.yaml as the engine reads them: the newest generation counts. An expression is (root,
-- path, text, negative): root args, result, literal or empty (absent). verify_within_s in s.
CREATE TABLE IF NOT EXISTS tool_rules$local $on_cluster (
    generation UInt64,
    tool String,
    kind LowCardinality(String),
    poll Bool,
    entity Array($tool_expression),
    field String,
    source String,
    source_kind String,
    version $tool_expression,
    as_of $tool_expression,
    value $tool_expression,
    prev $tool_expression,
    version_prev $tool_expression,
    idempotency_key $tool_expression,
    reversible Bool,
    effect_kind String,
    effect_metric String,
    effect_unit String,
    effect_delta $tool_expression,
    opens Array($tool_expression),
    closes Array($tool_expression),
    compensates Array($tool_expression),
    compensated_by String,
    verify_tool String,
    verify_within_s UInt32,
    origin LowCardinality(String)
) ENGINE = $MergeTree
ORDER BY (generation, tool)
SETTINGS non_replicated_deduplication_window = 1000
