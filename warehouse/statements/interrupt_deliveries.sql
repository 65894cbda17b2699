-- purpose: messages whose handing over was cut off: nobody knows whether they were taken
-- parameters: clock, run_id
UPDATE delivery
SET
    state = 'doubt',
    answer = 'cut off while it was handed over',
    next_try_at = NULL,
    moved_at = CAST($clock AS TIMESTAMP),
    run_id = $run_id
WHERE state = 'sending'
