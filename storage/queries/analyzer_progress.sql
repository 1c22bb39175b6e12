-- Until which time of receipt has this part of the analyzers come?
SELECT received_until
FROM analyzer_progress FINAL
WHERE analyzer = {analyzer:String} AND shard = {shard:UInt32} AND shards = {shards:UInt32}
LIMIT 1
