-- purpose: what an import found out about papers, told as such
-- parameters: run_id
UPDATE article_event SET origin = 'import' WHERE run_id = $run_id AND origin = 'live'
