-- purpose: date the changes between two versions that the registry numbers as two submissions of one day
-- parameters: before, after, submit_date, post_date
UPDATE trial_change_log
SET source_submit_date = $submit_date, source_post_date = $post_date
WHERE from_version_id = $before AND to_version_id = $after
