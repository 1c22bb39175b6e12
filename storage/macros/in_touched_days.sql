-- Condition on `ts`: not much before what the touched traces did.
ts >= (SELECT min(touched_ts) FROM touched) - toIntervalDay(1)
