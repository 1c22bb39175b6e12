INSERT INTO $target ($columns)
$query
