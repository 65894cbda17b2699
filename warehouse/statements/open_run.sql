-- purpose: the ledger row of a run that begins
INSERT INTO run BY NAME
SELECT
    $run_id AS run_id,
    $job AS job,
    $period AS period,
    CAST($clock AS TIMESTAMP) AS clock_at,
    'running' AS status,
    $vocabulary_version AS vocabulary_version,
    $software_version AS software_version
