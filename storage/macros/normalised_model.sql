-- The name under which the price table knows the model of a model call: as it is, without what routers
-- put in front, or without a date behind, as domain/prices.py does; empty when it knows none.
if(NOT model_call OR model = '', '', arrayFirst(known -> known IN (SELECT model_priced FROM ($current_prices)), [
        lower(trimBoth(model)),
        replaceRegexpOne(lower(trimBoth(model)), $model_prefix, ''),
        replaceRegexpOne(replaceRegexpOne(lower(trimBoth(model)), $model_prefix, ''), $model_suffix, '')]))
