-- Rows of $table that tools.yaml made before all were made anew, and that it makes no longer. Bounded
-- by the time of receipt.
DELETE FROM $table
WHERE received >= {since:DateTime64(9, 'UTC')} AND received < {until:DateTime64(9, 'UTC')}
    AND origin IN ('mapped', 'inferred') AND revision < {made_before:UInt64}
