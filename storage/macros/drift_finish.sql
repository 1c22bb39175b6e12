-- Rows of drift_windows from `counted`: (who, version, number, wish, metric, name, found), where an empty name says
-- how many runs there are. The most frequent names are kept.
SELECT {tenant:String}, {lane:String}, metric, who, version, number, $drift_start, $drift_end,
    sumIf(found, name = '') AS traces,
    arrayMap(one -> one.1, arraySort(groupArrayIf((wish, found), name = '')) AS wishes), arrayMap(one -> one.2, wishes),
    arrayConcat(arrayMap(one -> one.2, arraySlice(arraySort(one -> (-one.1, one.2),
        groupArrayIf((toInt64(found), concat(wish, '\x1f', name)), name != '')) AS ranked, 1, {names_max:UInt32}) AS kept),
        if(length(ranked) > {names_max:UInt32}, ['\x1f__other'], [])),
    arrayConcat(arrayMap(one -> one.1, kept),
        if(length(ranked) > {names_max:UInt32}, [arraySum(one -> one.1, ranked) - arraySum(one -> one.1, kept)], [])),
    {revision:UInt64}
FROM counted
GROUP BY metric, who, version, number
