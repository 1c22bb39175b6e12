-- Which closed windows of an agent hold something else by now, because spans came late?
SELECT number, runs_closed, runs_now
FROM drift_corrections FINAL
WHERE tenant = {tenant:String} AND lane = {lane:String} AND agent = {agent:String}
ORDER BY number DESC
LIMIT {rows_max:UInt32}
