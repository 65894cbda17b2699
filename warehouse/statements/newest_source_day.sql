-- purpose: the newest release of a source that was read
-- parameters: source
SELECT max(source_day) AS source_day FROM source_check WHERE source = $source AND outcome IN ('proved', 'unproved')
