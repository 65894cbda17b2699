-- purpose: whether letters were planned since an instant: they are not written again where someone did not take one; one row
-- parameters: since
SELECT count(*) > 0 AS is_planned FROM delivery WHERE kind = 'letter' AND planned_at >= $since
