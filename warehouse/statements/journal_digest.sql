-- purpose: the letters that a run wrote, for the journal
-- parameters: run_id
SELECT * FROM digest WHERE run_id = $run_id
