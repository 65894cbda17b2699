-- purpose: runs that were cut off, said so in the ledger by the next one
UPDATE run SET status = 'interrupted', message = 'cut off before its end' WHERE status = 'running'
