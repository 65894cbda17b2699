-- Under which numbers do other registries know the trials?
SELECT nct_id, scheme, id, link
FROM trial_secondary_id
WHERE scheme IS NOT NULL
ORDER BY nct_id, scheme, id
