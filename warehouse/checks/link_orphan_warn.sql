-- purpose: links of trials and papers that are not held: derived rows went astray; `trialwatch rebuild` makes them again
SELECT nct_id AS doc_id, target
FROM trial_target
ANTI JOIN trial_record USING (nct_id)
UNION ALL
SELECT pmid, target
FROM article_target
ANTI JOIN article_record USING (pmid)
