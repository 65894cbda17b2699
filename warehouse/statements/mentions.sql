-- purpose: every mention
FROM mention
