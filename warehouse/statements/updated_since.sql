-- purpose: how many trials held were last updated on a day or later, as the registry dates it, and are listed
-- parameters: since
SELECT count(*) AS trials
FROM trial_record AS r
JOIN trial_sighting AS s USING (nct_id)
WHERE r.last_update_post_date >= $since AND s.registry_state = 'listed'
