-- purpose: what became of a message
UPDATE delivery
SET
    state = $state,
    is_permanent = $is_permanent,
    tries = $tries,
    next_try_at = CAST($next_try_at AS TIMESTAMP),
    answer = CAST($answer AS VARCHAR),
    moved_at = CAST($clock AS TIMESTAMP),
    run_id = $run_id
WHERE delivery_id = $delivery_id
