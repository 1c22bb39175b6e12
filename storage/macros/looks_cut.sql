-- Whether `text` was cut by whoever recorded it: JSON without an end, an ellipsis, a length at a limit.
(text != '' AND (substring(text, 1, 1) IN ('{', '[') AND substring(text, -1) NOT IN ('}', ']', '\n')
    OR endsWith(text, '...') OR endsWith(text, '…') OR length(text) BETWEEN 4090 AND 4096 OR position(text, '[truncated') > 0))
