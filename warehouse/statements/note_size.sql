-- purpose: note how many bytes the file has
-- parameters: clock, bytes
INSERT INTO compaction VALUES ($clock, $bytes)
