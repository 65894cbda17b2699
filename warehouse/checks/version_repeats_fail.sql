-- neighbouring versions differ, in their content or in the submission the registry's history numbers them as
SELECT nct_id
FROM (
    SELECT
        nct_id,
        content_hash,
        source_submit_date,
        registry_version,
        lag(content_hash) OVER in_order AS previous_hash,
        lag(source_submit_date) OVER in_order AS previous_submit_date,
        lag(registry_version) OVER in_order AS previous_registry_version
    FROM trial_version
    WINDOW in_order AS (PARTITION BY nct_id ORDER BY version_no)
)
WHERE content_hash = previous_hash
    AND source_submit_date IS NOT DISTINCT FROM previous_submit_date
    AND registry_version IS NOT DISTINCT FROM previous_registry_version
