-- purpose: how many runs were closed: after each the file was published
SELECT count(*) AS runs FROM run WHERE status IN ('done', 'failed')
