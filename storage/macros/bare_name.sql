-- The name of a tool without its name space: mcp__billing__get_invoice, billing.get_invoice, billing/get_invoice.
lower(replaceRegexpOne(name, '^.*(?:__|[./:])', ''))
