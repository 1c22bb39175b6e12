-- The least confidence among the answers of a decision model, 0 to 1; NULL when none says one. A
-- probability of yes counts as the confidence in yes or no, whichever is likelier.
arrayMap(found -> if(empty(found), NULL, arrayMin(found)), [arrayFilter(c -> c > 0, arrayMap(answer -> greatest(
    JSONExtractFloat(answer, 'confidence'),
    arrayMax(p -> greatest(p, if(p > 0, 1 - p, 0)), [JSONExtractFloat(answer, 'probability'), JSONExtractFloat(answer, 'noul')]),
    arrayMax(arrayConcat([0.], arrayMap(kv -> toFloat64OrZero(kv.2), JSONExtractKeysAndValuesRaw(answer, 'probabilities'))))),
    if(startsWith(answers, '['), JSONExtractArrayRaw(answers), arrayMap(kv -> kv.2, JSONExtractKeysAndValuesRaw(answers)))))])[1]
