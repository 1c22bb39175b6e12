ALTER TABLE $view $on_cluster MODIFY QUERY
$query
