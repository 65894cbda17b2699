-- purpose: every change of one trial as it stands now, and what became of the papers tied to it: retracted, under concern
-- grain: one row a change, in no order
-- parameters: nct_id
SELECT
    change_id,
    to_version_id,
    kind,
    action,
    item,
    field,
    old_value,
    new_value,
    detail,
    weight,
    origin,
    source_submit_date,
    source_post_date,
    source_post_date - source_submit_date AS lag_days,
    source_day,
    observed_at
FROM trial_change
WHERE nct_id = $nct_id
UNION ALL
SELECT
    'article:' || e.pmid || ':' || e.kind || coalesce(':' || e.related_pmid, '') || strftime(e.observed_at, ':%Y-%m-%d'),
    NULL,
    CASE e.kind WHEN 'concern' THEN 'concern' ELSE 'retraction' END,
    CASE e.kind WHEN 'retraction_withdrawn' THEN 'removed' ELSE 'added' END,
    e.pmid,
    'pubmed',
    NULL,
    e.pmid || ' ' || a.title || coalesce(
        ' (' || nullif(
            concat_ws(
                '; ',
                'notice ' || e.related_pmid,
                CASE WHEN NOT e.is_stated THEN 'its link to this trial is no longer stated' END
            ),
            ''
        ) || ')',
        ''
    ),
    json_object('source', 'pubmed', 'related_pmid', e.related_pmid, 'is_stated', e.is_stated),
    'high',
    e.origin,
    NULL,
    NULL,
    NULL,
    coalesce(e.source_date, CAST(e.observed_at AS DATE)),
    e.observed_at
FROM trial_retraction AS e
JOIN article_record AS a USING (pmid)
WHERE e.nct_id = $nct_id
    -- The registry may have said so itself.
    AND NOT EXISTS (
        FROM trial_change AS c
        WHERE c.nct_id = $nct_id AND c.kind = 'retraction' AND c.action = 'added' AND c.item = e.pmid
            AND e.kind = 'retracted'
    )
