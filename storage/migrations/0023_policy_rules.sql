-- Rules of policies.yaml as the engine reads them: the newest generation counts. One row for each
-- policy version; amounts in currency, min_confidence 0 to 1; NULL where nothing is said. Empty lists
-- are for all agents, actions and kinds of effect.
CREATE TABLE IF NOT EXISTS policy_rules$local $on_cluster (
    generation UInt64,
    policy_id String,
    version String,
    effective_from DateTime64(9),
    canary Bool,
    agents Array(String),
    actions Array(String),
    effect_kinds Array(String),
    min_confidence Nullable(Float64),
    max_amount Nullable(Float64),
    max_amount_per_day Nullable(Float64),
    currency String,
    approval_above Nullable(Float64),
    shadow Bool
) ENGINE = $MergeTree
ORDER BY (generation, policy_id, version)
SETTINGS non_replicated_deduplication_window = 1000;

-- What may be done and has to be: the newest generation counts. kind: agent_tools (subject = agent,
-- allowed = globs of tools), intent_effects (subject = kind of intent, allowed = kinds of effect),
-- intent_required (the same, kinds of effect that have to come of it).
CREATE TABLE IF NOT EXISTS policy_permissions$local $on_cluster (
    generation UInt64,
    kind LowCardinality(String),
    subject String,
    allowed Array(String)
) ENGINE = $MergeTree
ORDER BY (generation, kind, subject)
SETTINGS non_replicated_deduplication_window = 1000
