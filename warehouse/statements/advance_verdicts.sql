-- purpose: by which rules and vocabulary the verdicts that stand were judged last
-- parameters: rules_version, vocabulary_version
UPDATE review_verdict_log
SET rules_version = $rules_version, vocabulary_version = $vocabulary_version
WHERE ended_at IS NULL
    AND (rules_version <> $rules_version OR vocabulary_version <> $vocabulary_version)
