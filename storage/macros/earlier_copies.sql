-- (weeks back, number) of each copy of the run `trace_id`: one a week on average, as many as a draw from its id says
-- (the Poisson bootstrap), so that weeks differ by chance as those of an agent do.
arrayFlatten(arrayMap(week -> arrayMap(place -> (week, place), range(arrayCount(
    limit -> sipHash64(trace_id, week) / 18446744073709551616. > limit, [0.368, 0.736, 0.920, 0.981, 0.996]))),
    range(1, {weeks:UInt8} + 1)))
