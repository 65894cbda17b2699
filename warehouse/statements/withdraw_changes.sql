-- purpose: mark the changes of a run that a field lost or got back by every record at once would otherwise tell
-- parameters: path (dotted), run_id, clock
-- note: where the submit date moved a sponsor's edit is told with it, and stays
UPDATE trial_change_log
SET superseded_at = $clock
WHERE run_id = $run_id
    AND superseded_at IS NULL
    AND source_submit_date IS NULL
    AND (starts_with(field || '.', $path || '.') OR starts_with($path || '.', field || '.'))
