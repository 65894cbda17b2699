-- purpose: where each version stands among those of its trial, kept so that a day's state of every trial is one scan
-- note: derived of the other columns; NULL until the step that wrote a version ends (warehouse/statements/place_versions.sql)

ALTER TABLE trial_version_log ADD COLUMN version_no BIGINT;
ALTER TABLE trial_version_log ADD COLUMN valid_from DATE;
ALTER TABLE trial_version_log ADD COLUMN valid_to DATE;
ALTER TABLE trial_version_log ADD COLUMN valid_from_basis VARCHAR;
ALTER TABLE trial_version_log ADD COLUMN is_status_start BOOLEAN;
ALTER TABLE trial_version_log ADD COLUMN status_valid_to DATE;
ALTER TABLE trial_version_log ADD COLUMN is_start_known BOOLEAN;

UPDATE trial_version_log AS l
SET
    version_no = p.version_no,
    valid_from = p.valid_from,
    valid_to = p.valid_to,
    valid_from_basis = p.valid_from_basis,
    is_status_start = p.is_status_start,
    status_valid_to = p.status_valid_to,
    is_start_known = p.is_start_known
FROM (
    WITH version AS (
        SELECT
            version_id,
            nct_id,
            source_submit_date,
            source_day,
            registry_version,
            row_number() OVER in_order AS version_no,
            lag(source_submit_date) OVER in_order AS previous_submit_date,
            lag(registry_version) OVER in_order AS previous_registry_version,
            lag(overall_status) OVER in_order IS DISTINCT FROM overall_status AS is_status_start
        FROM trial_version_log
        WHERE nct_id IN (SELECT nct_id FROM trial_version_log WHERE valid_from IS NULL)
        WINDOW in_order AS (
            PARTITION BY nct_id
            ORDER BY source_submit_date NULLS FIRST, coalesce(registry_version, -1), source_day, learnt_no
        )
    ),
    based AS (
        SELECT
            *,
            CASE
                WHEN source_submit_date IS NULL THEN 'served'
                -- Several versions of one day, as the record history numbers them, each begin on that day.
                WHEN previous_submit_date IS NOT NULL AND source_submit_date <= previous_submit_date
                    AND registry_version IS NOT DISTINCT FROM previous_registry_version THEN 'served'
                ELSE 'submit'
            END AS valid_from_basis
        FROM version
    ),
    dated AS (
        SELECT
            *,
            max(CASE valid_from_basis WHEN 'submit' THEN source_submit_date ELSE source_day END) OVER (
                PARTITION BY nct_id ORDER BY version_no ROWS UNBOUNDED PRECEDING
            ) AS valid_from
        FROM based
    )
    SELECT
        d.*,
        min(d.valid_from) OVER later AS valid_to,
        min(d.valid_from) FILTER (d.is_status_start) OVER later AS status_valid_to,
        -- The first held version is the start of what we know; only the registry's first version is a known start.
        d.version_no > 1 OR d.registry_version IS NOT DISTINCT FROM 0 OR (
            t.first_post_date IS NOT NULL AND d.valid_from <= t.first_post_date
        ) AS is_start_known
    FROM dated AS d
    LEFT JOIN trial_record AS t USING (nct_id)
    WINDOW later AS (
        PARTITION BY d.nct_id ORDER BY d.version_no ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
    )
) AS p
WHERE l.version_id = p.version_id;
