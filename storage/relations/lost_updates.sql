-- Which writes were lost, or rest on what another run changed at the same time? Lost: both runs read a
-- version of a field and both wrote it. Skewed: each read one field and wrote what the other had read.
-- Touched by data_access.
SELECT *, concat('both read ', version_read, ' of ', subject, ' and both wrote it: what ', other_agent, ' wrote is lost') AS what FROM ($writes_between)
UNION ALL
SELECT * FROM ($write_skews)
