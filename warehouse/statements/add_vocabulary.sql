-- purpose: note which vocabulary is loaded
INSERT INTO vocabulary VALUES ($version, $clock)
