-- Which windows of a lane are closed, from number `first` on?
SELECT number, window_start, window_end
FROM drift_closings FINAL
WHERE tenant = {tenant:String} AND lane = {lane:String} AND number >= {first:Int32} AND state = 'closed'
ORDER BY number
LIMIT {rows_max:UInt32}
