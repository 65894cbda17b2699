-- a version is learnt once
SELECT version_id FROM trial_version_log GROUP BY version_id HAVING count(*) > 1
