-- How many decisions were enforced otherwise than the check said?
SELECT countIf(
    (verdict IN ('deny', 'block', 'over_limit', 'below_threshold') AND enforced_action IN ('allow', 'book', 'none', 'log'))
    OR (verdict IN ('allow', 'within_limits') AND enforced_action IN ('deny', 'block'))) AS decisions
FROM v1_decisions
WHERE {narrowed} AND verdict != '' AND enforced_action != ''
