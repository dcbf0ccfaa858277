-- From the second layout to the third: causes of refusals, and what was accepted without being reliable.
ALTER TABLE messages ADD COLUMN cause TEXT;
ALTER TABLE messages ADD COLUMN notes TEXT;
