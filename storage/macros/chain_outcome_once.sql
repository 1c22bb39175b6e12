-- What was derived again or sent twice counts once.
ORDER BY revision DESC LIMIT 1 BY outcome_id
