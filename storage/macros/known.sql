-- Columns of `known` from `keys` and `values`: each known key by its number, best source first.
arraySort(arrayFilter(number -> number > 0, every_number)) AS numbers,
    arraySort((text, number) -> number,
        arrayFilter((text, number) -> number > 0, every_text, every_number),
        arrayFilter(number -> number > 0, every_number)) AS texts
