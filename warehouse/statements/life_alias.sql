-- purpose: the trial that says of itself that it has another number too; reads every payload, so asked last
-- grain: none or one row
-- parameters: number
SELECT nct_id
FROM trial_version
WHERE contains(CAST(payload AS VARCHAR), $number)
    AND list_contains(payload ->> '$.protocolSection.identificationModule.nctIdAliases[*]', $number)
ORDER BY nct_id
LIMIT 1
