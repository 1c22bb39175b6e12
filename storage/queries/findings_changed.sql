-- Which findings were found, said anew, taken back or acted on in (after_ns, until_ns], the earliest first?
SELECT * FROM ($asked_findings)
WHERE ({state:String} = '' OR state = {state:String})
    AND (changed_ns, finding_id) > ({after_ns:Int64}, {after_id:String}) AND changed_ns <= {until_ns:Int64}
ORDER BY changed_ns, finding_id
LIMIT {rows_max:UInt32}
