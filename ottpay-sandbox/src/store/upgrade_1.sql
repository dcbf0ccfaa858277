-- From the first layout to the second: ids that several orders have, and ids of refused requests.
ALTER TABLE orders ADD COLUMN repeats TEXT;
CREATE INDEX orders_repeats ON orders(repeats) WHERE repeats IS NOT NULL;
CREATE TABLE refused_ids(
    serial INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE
) STRICT;
