-- Hashes of the words with a digit and of the names in the text `said`, each once.
arrayDistinct(arrayMap(word -> cityHash64(lower(word)), arrayConcat(extractAll(lower(said), '[a-z]*[0-9][a-z0-9]*'),
    extractAll(said, '[a-z,:] ([A-Z][A-Za-z]+)'))))
