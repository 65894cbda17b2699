-- purpose: the files of PubMed that were read
-- grain: one row a file name
FROM import_file ORDER BY load_no
