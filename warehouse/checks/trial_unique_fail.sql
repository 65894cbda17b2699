-- a trial has one newest state
SELECT nct_id FROM trial_record GROUP BY nct_id HAVING count(*) > 1
