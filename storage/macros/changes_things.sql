-- Whether the name of `tool` says that it changes something: a guess, where neither events nor tools.yaml tell.
match(lower(tool), '(?:^|[_.:/ -])(?:create|update|delete|issue|pay|send|cancel|refund|book|transfer|modify|adjust|correct|submit|close|approve|charge|remove|assign|exchange|return|write|post)(?:[_.:/ -]|\z)')
