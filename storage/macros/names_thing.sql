-- Whether `member` (key, value) of arguments names a thing or an amount that has to come from somewhere;
-- what callers make up (UUIDs, keys against repetition) and dates are none.
(match(member.1, '(?:^|_)(?:id|ids|ref|reference|number|code|account|order|invoice|customer|sku)\z') AND match(member.2, '[0-9]')
        AND length(member.2) BETWEEN 4 AND 64 AND NOT has($names_volatile, member.1)
        AND NOT match(member.2, '^[0-9a-fA-F]{8}-|^[0-9a-fA-F]{16,}\z|^[0-9]{4}-[0-9]{2}-[0-9]{2}|\\s')
    OR match(member.1, '(?:^|_)(?:amount|price|cost|fee|refund|payment|balance|credit)\z') AND abs(toFloat64OrZero(member.2)) >= 10)
