-- Which findings of middling confidence did no judge see as they are now? The most severe first; confidence
-- 0 to 1. Not what is in shadow, or was found before `since`.
SELECT * FROM findings FINAL
WHERE NOT retracted AND NOT shadow AND found_at >= {since:DateTime64(9, 'UTC')}
    AND confidence >= {confidence_min:Float64} AND confidence <= {confidence_max:Float64}
    AND (tenant, finding_id, content) NOT IN (
        SELECT tenant, finding_id, content FROM finding_judgements WHERE at >= {since:DateTime64(9, 'UTC')})
ORDER BY severity DESC, found_at, finding_id
LIMIT {rows_max:UInt64}
