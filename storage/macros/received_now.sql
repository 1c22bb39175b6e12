-- Condition on `received`: in the window, or as long before it as the rule waits for what has to follow.
received >= {since:DateTime64(9, 'UTC')} AND received < {until:DateTime64(9, 'UTC')}
    AND (received >= {fresh_since:DateTime64(9, 'UTC')} OR received < {ripe_until:DateTime64(9, 'UTC')})
