-- purpose: one step of a run
INSERT INTO run_step BY NAME
SELECT
    $run_id AS run_id,
    $step_no AS step_no,
    $step AS step,
    $status AS status,
    $seconds AS seconds,
    CAST($summary AS VARCHAR) AS summary,
    CAST($message AS VARCHAR) AS message
