-- purpose: the ledger row of a letter written
INSERT INTO digest BY NAME
SELECT
    $period AS period,
    CAST($since AS TIMESTAMP) AS since_at,
    CAST($until AS TIMESTAMP) AS until_at,
    $path AS path,
    $content_hash AS content_hash,
    CAST($clock AS TIMESTAMP) AS written_at,
    $run_id AS run_id
