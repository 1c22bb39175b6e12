-- Whether a call of contents asks a person for something that can be known: not for a yes, which is asked for anew.
(operation = 'execute_tool' AND match(lower(tool), '(?:^|[_.:/ -])(?:ask_?(?:the_?)?(?:user|human|customer|person|operator)[a-z]*|clarify|request_?clarification|(?:human|user)_?input)(?:[_.:/ -]|\\z)')
    AND match(lower(arguments), '\\b(?:what|which|who|whose|when|where|how many|how much)\\b'))
