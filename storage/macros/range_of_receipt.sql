-- Condition on the raw tables for a derivation of the past.
Received >= {since:DateTime64(9, 'UTC')} AND Received < {until:DateTime64(9, 'UTC')}
