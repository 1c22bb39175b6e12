-- Whether `amount` follows from two seen figures a and b: sum, difference, product, quotient, percentage.
abs(amount - (a + b)) < 0.006 OR abs(amount - abs(a - b)) < 0.006 OR abs(amount - a * b) < 0.006
    OR b != 0 AND abs(amount - a / b) < 0.006 OR abs(amount - a * b / 100) < 0.006 OR abs(amount - a * (1 - b / 100)) < 0.006
    OR abs(amount - a * (1 + b / 100)) < 0.006
