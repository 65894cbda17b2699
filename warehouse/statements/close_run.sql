-- purpose: how a run ended
UPDATE run SET status = $status, exit_code = $exit_code, seconds = $seconds, message = $message WHERE run_id = $run_id
