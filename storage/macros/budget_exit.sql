-- Error types by which frameworks end a run that used up its turns, steps or time.
('GraphRecursionError', 'langgraph.errors.GraphRecursionError', 'MaxTurnsExceeded', 'agents.exceptions.MaxTurnsExceeded',
    'UsageLimitExceeded', 'pydantic_ai.exceptions.UsageLimitExceeded', 'MaxIterations', 'max_iterations', 'max_turns',
    'AgentMaxStepsError', 'MaxTokensReachedException', 'BudgetExceeded', 'error_max_turns')
