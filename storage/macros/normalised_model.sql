-- The model's name without provider prefix, date and -latest, lower case: as domain/prices.py does.
replaceRegexpOne(lower(model), '^(?:[a-z0-9_-]+[/])+|-latest\\z', '')
