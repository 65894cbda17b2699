-- a trial stands in one way
SELECT nct_id FROM trial_sighting GROUP BY nct_id HAVING count(*) > 1
