-- purpose: the order in which versions were learnt, to go on from
SELECT coalesce(max(learnt_no), 0) AS learnt_no FROM trial_version_log
