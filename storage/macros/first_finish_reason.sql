-- The first of what may be a JSON array of finish reasons.
transform(arrayMap(t -> if(startsWith(t, '['), JSONExtractString(t, 1), t), [$field_finish_reason])[1], $map_finish_reason)
