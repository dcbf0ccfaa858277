-- The tables of a ledger: in the schema ottpay on PostgreSQL, with the prefix ottpay_ on SQLite.
-- Times are milliseconds since 1970 by the database's clock, money is in minor units.

-- One row for each setting, among them the version of this schema and the base address of the gateway.
CREATE TABLE {settings} (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- The merchants whose orders may be in here.
CREATE TABLE {merchants} (
    merchant TEXT PRIMARY KEY,
    bound_at BIGINT NOT NULL
);

-- Everything that is followed to its end: payments, Checkout pages and refunds. A row is never deleted.
CREATE TABLE {orders} (
    serial        {serial},
    merchant      TEXT NOT NULL,
    -- The id that the shop gave it.
    id            TEXT NOT NULL,
    -- order, checkout_order or refund.
    role          TEXT NOT NULL,
    -- The method of the action.
    action        TEXT NOT NULL,
    -- The shop's own name for what is paid.
    reference     TEXT NOT NULL,
    -- The payment that a refund gives back.
    original      TEXT,
    amount        BIGINT,
    currency      TEXT,
    -- What queries need, without secrets.
    tracked       TEXT NOT NULL,
    -- The request, as long as it is to be sent by the worker.
    request       TEXT,
    -- What the reply gave for the buyer: a JSON object, without sensitive fields.
    given         TEXT,
    noted_at      BIGINT NOT NULL,
    -- How often it was noted as being sent.
    sends         BIGINT NOT NULL DEFAULT 0,
    -- A random string of the latest of them, which nobody else has.
    send_token    TEXT,
    -- Until then its reply may still come, and no worker touches it.
    sending_until BIGINT,
    state         TEXT NOT NULL,
    -- What was reported as paid, in the currency of the gateway's answer.
    paid          BIGINT,
    paid_currency TEXT,
    -- How much of it was reported as given back.
    refunded      BIGINT NOT NULL DEFAULT 0,
    -- What else was reported, as JSON.
    told          TEXT,
    -- Since when no other refund of the payment has to wait for this one, and no schedule follows it.
    ended_at      BIGINT,
    -- When it is asked about next, and the place in the schedule.
    next_at       BIGINT,
    step          BIGINT NOT NULL DEFAULT 0,
    -- The last sign of life: when it was noted, or a hint.
    alive_at      BIGINT NOT NULL,
    asked         BIGINT NOT NULL DEFAULT 0,
    asked_at      BIGINT,
    -- The last answer, for people.
    answer        TEXT,
    -- Who works on it: each turn has a number, which fences off an earlier one.
    turn          BIGINT NOT NULL DEFAULT 0,
    turn_until    BIGINT,
    -- How many turns have begun since the last one that came to its end.
    tries         BIGINT NOT NULL DEFAULT 0,
    failing_since BIGINT,
    failure       TEXT,
    parked_at     BIGINT,
    UNIQUE (merchant, id)
);
CREATE INDEX ottpay_orders_due ON {orders} (merchant, next_at) WHERE next_at IS NOT NULL;
CREATE INDEX ottpay_orders_of_reference ON {orders} (merchant, reference);
CREATE INDEX ottpay_orders_parked ON {orders} (parked_at) WHERE parked_at IS NOT NULL;
-- What a person has to look at.
CREATE INDEX ottpay_orders_to_look_at ON {orders} (state, noted_at)
    WHERE state IN ('conflict', 'paid_again', 'reversed', 'mismatch', 'unconfirmed', 'unresolved', 'refund_failed');
-- One refund of a payment at a time.
CREATE UNIQUE INDEX ottpay_refund_in_flight ON {orders} (merchant, original)
    WHERE original IS NOT NULL AND ended_at IS NULL;
CREATE INDEX ottpay_refunds ON {orders} (merchant, original) WHERE original IS NOT NULL;

-- Which order of a reference was reported as its payment: any other is a second one.
CREATE TABLE {references} (
    merchant  TEXT NOT NULL,
    reference TEXT NOT NULL,
    paid_by   TEXT,
    PRIMARY KEY (merchant, reference)
);

-- Reasons to ask about an order now, one row for each order. Pending while seen > taken.
CREATE TABLE {hints} (
    merchant TEXT NOT NULL,
    id       TEXT NOT NULL,
    seen     BIGINT NOT NULL,
    taken    BIGINT NOT NULL DEFAULT 0,
    first_at BIGINT NOT NULL,
    last_at  BIGINT NOT NULL,
    -- Of the first callback: SHA-256 of its fields, and the fields without sensitive ones.
    digest   TEXT NOT NULL,
    fields   TEXT,
    -- When a callback that bears no sign of alteration named the asked amount, and how many differed from the first.
    vouched_at BIGINT,
    differing  BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (merchant, id)
);
CREATE INDEX ottpay_hints_pending ON {hints} (merchant, last_at) WHERE seen > taken;
CREATE INDEX ottpay_hints_taken ON {hints} (last_at) WHERE seen <= taken;

-- Callbacks for orders that were never noted: the newest 10,000 of them.
CREATE TABLE {strays} (
    serial   {serial},
    merchant TEXT NOT NULL,
    -- Empty if the callback does not name one that can be read.
    id       TEXT NOT NULL,
    seen     BIGINT NOT NULL,
    last_at  BIGINT NOT NULL,
    digest   TEXT NOT NULL,
    fields   TEXT,
    UNIQUE (merchant, id, digest)
);

-- Transitions that are or were handed to the shop. The key stays, the body goes after 30 days.
CREATE TABLE {events} (
    serial        {serial},
    key           TEXT NOT NULL UNIQUE,
    merchant      TEXT NOT NULL,
    id            TEXT NOT NULL,
    reference     TEXT NOT NULL,
    kind          TEXT NOT NULL,
    -- What is handed over, as JSON.
    body          TEXT,
    -- Where the order is afterwards, as JSON.
    after         TEXT NOT NULL,
    attempt       BIGINT NOT NULL,
    offered_at    BIGINT NOT NULL,
    offered_until BIGINT,
    done_at       BIGINT,
    -- 1 once the order's row says so, 2 if the row could not be read or written: the order is parked.
    folded        BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX ottpay_events_of_order ON {events} (merchant, id);
CREATE INDEX ottpay_events_bodies ON {events} (done_at) WHERE body IS NOT NULL;
CREATE INDEX ottpay_events_unfolded ON {events} (done_at) WHERE folded = 0;

-- By which actions' queries a payment has been confirmed once.
CREATE TABLE {proven} (
    merchant  TEXT NOT NULL,
    action    TEXT NOT NULL,
    proven_at BIGINT NOT NULL,
    PRIMARY KEY (merchant, action)
);

-- What people decided.
CREATE TABLE {verdicts} (
    serial     {serial},
    merchant   TEXT NOT NULL,
    id         TEXT NOT NULL,
    verdict    TEXT NOT NULL,
    decided_by TEXT NOT NULL,
    why        TEXT NOT NULL,
    decided_at BIGINT NOT NULL
)
