CREATE TABLE settings(
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Times are milliseconds since 1970 of the sandbox's clock, amounts are minor units.
CREATE TABLE orders(
    serial INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    checkout_id TEXT UNIQUE,
    kind TEXT NOT NULL,
    action TEXT NOT NULL,
    amount INTEGER NOT NULL,
    currency TEXT NOT NULL,
    tip INTEGER,
    fee INTEGER,
    state TEXT NOT NULL,
    refunded INTEGER NOT NULL,
    original TEXT,
    -- An id that an earlier order has already: the refund's own, or that of the Checkout page.
    repeats TEXT,
    callback_url TEXT,
    provider_id TEXT NOT NULL,
    created INTEGER NOT NULL,
    finished INTEGER,
    due INTEGER,
    expires INTEGER,
    -- Fields of the request, a JSON object.
    request TEXT NOT NULL
) STRICT;
CREATE INDEX orders_due ON orders(due) WHERE due IS NOT NULL;
CREATE INDEX orders_repeats ON orders(repeats) WHERE repeats IS NOT NULL;
CREATE INDEX orders_original ON orders(original) WHERE original IS NOT NULL;

-- Ids of refused requests that cannot be used again.
CREATE TABLE refused_ids(
    serial INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE
) STRICT;

-- What happened to an order.
CREATE TABLE events(
    serial INTEGER PRIMARY KEY,
    order_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    what TEXT NOT NULL
) STRICT;
CREATE INDEX events_order ON events(order_id);

-- Every exchange of messages: requests of the merchant and their replies, callbacks and their answers.
CREATE TABLE messages(
    serial INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    callback INTEGER,
    target TEXT NOT NULL,
    action TEXT,
    order_id TEXT,
    status INTEGER,
    code TEXT,
    note TEXT,
    -- Why the request was refused.
    cause TEXT,
    -- Leniencies: what was accepted although a client should not rely on it. A JSON list of names and sentences.
    notes TEXT,
    sent BLOB NOT NULL,
    answer BLOB NOT NULL
) STRICT;
CREATE INDEX messages_order ON messages(order_id) WHERE order_id IS NOT NULL;
CREATE INDEX messages_callback ON messages(callback) WHERE callback IS NOT NULL;
-- Has all that is needed to count requests.
CREATE INDEX messages_action ON messages(action, callback, cause, code) WHERE callback IS NULL;

CREATE TABLE callbacks(
    serial INTEGER PRIMARY KEY,
    order_id TEXT NOT NULL,
    url TEXT NOT NULL,
    -- What is sealed, a JSON object.
    fields TEXT NOT NULL,
    -- Of a forged callback, what the members beside the sealed data state, a JSON object.
    forged TEXT,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    fault TEXT,
    -- None while an attempt is under way.
    due INTEGER
) STRICT;
CREATE INDEX callbacks_due ON callbacks(due) WHERE due IS NOT NULL;
CREATE INDEX callbacks_order ON callbacks(order_id);
