-- Whether a framework's own ledger says that it goes round in circles, or starts over for it.
(position(output, 'is_in_loop') > 0 AND match(output, 'is_in_loop[\\\\"]*: *(?:true|\\{[^}]*answer[\\\\"]*: *true)')
    OR match(spoken, '(?i)^.{0,80}stalled[.]{2,}.{0,20}replanning'))
