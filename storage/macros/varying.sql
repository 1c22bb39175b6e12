-- Regular expression of what varies from call to call: UUIDs, ISO times, long hexadecimal numbers.
'[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}|[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]+(?:Z|[+-][0-9:]+)?|[0-9a-fA-F]{24,}'
