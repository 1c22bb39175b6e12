-- Rows of effects that tools.yaml made, before they are made anew. Bounded by the time of receipt.
DELETE FROM effects
WHERE received >= {since:DateTime64(9, 'UTC')} AND received < {until:DateTime64(9, 'UTC')}
    AND origin IN ('mapped', 'inferred')
