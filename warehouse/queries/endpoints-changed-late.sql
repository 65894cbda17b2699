-- Whose primary outcomes moved after the actual primary completion?
SELECT c.nct_id, t.brief_title, c.action, c.item, c.old_value, c.new_value, c.source_submit_date, c.source_post_date
FROM trial_change AS c
JOIN trial AS t USING (nct_id)
WHERE c.kind = 'primary_outcome' AND (c.detail ->> 'after_completion')::BOOLEAN
ORDER BY c.source_submit_date DESC NULLS LAST, c.nct_id
