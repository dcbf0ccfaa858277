-- From the fourth layout to the fifth: what a forged callback says. One that was not posted yet is given up.
ALTER TABLE callbacks ADD COLUMN forged TEXT;
UPDATE callbacks SET state = 'failed', due = NULL WHERE fault LIKE 'callback_forged:%';
