-- Hashes of the words with a digit in the value of `member` (key, value) of arguments.
arrayMap(word -> cityHash64(word), arrayDistinct(extractAll(lower(member.2), '[a-z]*[0-9][a-z0-9]*')))
