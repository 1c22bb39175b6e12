-- Which of these things does this part of the lanes look after?
SELECT arrayJoin({things:Array(String)}) AS thing
WHERE cityHash64({tenant:String}, concat('entity:', thing)) % {shards:UInt32} = {shard:UInt32}
LIMIT 100000
