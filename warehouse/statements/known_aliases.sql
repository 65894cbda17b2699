-- purpose: the watched numbers known to be another record's
-- parameters: source
SELECT DISTINCT record FROM watch_event WHERE source = $source AND kind = 'alias'
