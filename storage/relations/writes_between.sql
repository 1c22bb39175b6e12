-- Which writes rest on a read that another trace overwrote before they were made? For each write that
-- follows a read of the same field in its trace: the newest read before it, and a write of others
-- between the two. both_read: that other had read the same version too. The newest 256 accesses of a
-- field are looked at; a write that names the other's version as the one before knew it.
-- Touched by data_access.
$writes_between
