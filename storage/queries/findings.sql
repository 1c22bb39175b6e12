-- Which findings are there, the latest begun first, after a place in that list? By microseconds, as places are:
-- a beginning seldom moves when spans come, unlike an end, so that who pages meets each finding.
SELECT * FROM ($asked_findings)
WHERE ({state:String} = '' OR state = {state:String})
    AND (toUnixTimestamp64Micro(first_at), finding_id) < (toUnixTimestamp64Micro({before:DateTime64(9)}), {before_id:String})
ORDER BY toUnixTimestamp64Micro(first_at) DESC, finding_id DESC
LIMIT {rows_max:UInt32}
