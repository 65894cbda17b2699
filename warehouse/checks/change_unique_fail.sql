-- a fact is one row
SELECT change_id FROM trial_change GROUP BY change_id HAVING count(*) > 1
