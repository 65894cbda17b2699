-- purpose: note which vocabulary is loaded, and keep it
-- parameters: version, clock, content
INSERT INTO vocabulary (version, loaded_at, content) VALUES ($version, $clock, $content)
