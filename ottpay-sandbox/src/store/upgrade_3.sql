-- From the third layout to the fourth: requests are counted by their action.
CREATE INDEX messages_action ON messages(action, callback, cause, code) WHERE callback IS NULL;
