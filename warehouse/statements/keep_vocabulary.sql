-- purpose: keep the content of a vocabulary that an earlier release loaded
-- parameters: version, content
UPDATE vocabulary SET content = $content WHERE version = $version AND content IS NULL
