-- From the second layout to the third: causes of refusals, and what was accepted although a client should not rely on
-- it.
ALTER TABLE messages ADD COLUMN cause TEXT;
ALTER TABLE messages ADD COLUMN notes TEXT;
-- The note of a refused request was its cause.
UPDATE messages SET cause = note
    WHERE callback IS NULL AND note IS NOT NULL AND code NOT IN ('SUCCESS', 'PROCESSING');
