-- purpose: when the first night was; one row, NULL before it
SELECT min(clock_at) AS first_night FROM run WHERE job = 'nightly'
