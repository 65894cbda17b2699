-- purpose: by what all papers were last judged in a step
-- parameters: step
SELECT basis FROM link_basis WHERE step = $step
