-- The tables of a ledger: in the schema ottpay on PostgreSQL, with the prefix ottpay_ on SQLite.
-- Times are milliseconds since 1970 by the database's clock, money is in minor units.

-- One row per setting, including the version of this schema and the base URL of the gateway.
CREATE TABLE {settings} (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

-- The merchants whose orders this store may contain.
CREATE TABLE {merchants} (
    merchant TEXT PRIMARY KEY,
    bound_at BIGINT NOT NULL
);

-- Everything that is followed to its end: payments, Checkout pages and refunds. Rows are never deleted,
-- because a late callback or a repeated id must find them.
CREATE TABLE {orders} (
    serial        {serial},
    merchant      TEXT NOT NULL,
    -- The id that the shop chose.
    id            TEXT NOT NULL,
    -- order, checkout_order or refund.
    role          TEXT NOT NULL,
    -- The method of the action.
    action        TEXT NOT NULL,
    -- The shop's own name for what is paid.
    reference     TEXT NOT NULL,
    -- For a refund: the payment that it refunds.
    original      TEXT,
    amount        BIGINT,
    currency      TEXT,
    -- The data that queries need, without secrets.
    tracked       TEXT NOT NULL,
    -- The request, until the worker has sent it.
    request       TEXT,
    -- The part of the reply that is for the buyer: a JSON object without sensitive fields.
    given         TEXT,
    noted_at      BIGINT NOT NULL,
    -- How often it was noted as being sent.
    sends         BIGINT NOT NULL DEFAULT 0,
    -- A random string that identifies the latest attempt.
    send_token    TEXT,
    -- Until then the reply may still arrive, and no worker touches the order.
    sending_until BIGINT,
    state         TEXT NOT NULL,
    -- What was reported as paid, in the currency of the gateway's answer.
    paid          BIGINT,
    paid_currency TEXT,
    -- How much was reported as refunded.
    refunded      BIGINT NOT NULL DEFAULT 0,
    -- What else was reported, as JSON.
    told          TEXT,
    -- When it ended: afterwards no schedule follows it, and no other refund of the payment waits for it.
    ended_at      BIGINT,
    -- When it is queried next.
    next_at       BIGINT,
    -- The last activity: when it was noted, or the latest hint.
    alive_at      BIGINT NOT NULL,
    asked         BIGINT NOT NULL DEFAULT 0,
    asked_at      BIGINT,
    -- The last answer, for people.
    answer        TEXT,
    -- The current turn: each has a number, which fences off earlier turns.
    turn          BIGINT NOT NULL DEFAULT 0,
    turn_until    BIGINT,
    -- How many turns have begun since the last one that finished.
    tries         BIGINT NOT NULL DEFAULT 0,
    failing_since BIGINT,
    failure       TEXT,
    parked_at     BIGINT,
    UNIQUE (merchant, id)
);
CREATE INDEX ottpay_orders_due ON {orders} (merchant, next_at) WHERE next_at IS NOT NULL;
CREATE INDEX ottpay_orders_of_reference ON {orders} (merchant, reference);
CREATE INDEX ottpay_orders_parked ON {orders} (parked_at) WHERE parked_at IS NOT NULL;
-- Orders that a person has to check.
CREATE INDEX ottpay_orders_to_look_at ON {orders} (state, noted_at)
    WHERE state IN ('conflict', 'paid_again', 'reversed', 'mismatch', 'unconfirmed', 'unresolved', 'refund_failed');
-- Only one refund of a payment may be in flight.
CREATE UNIQUE INDEX ottpay_refund_in_flight ON {orders} (merchant, original)
    WHERE original IS NOT NULL AND ended_at IS NULL;
CREATE INDEX ottpay_refunds ON {orders} (merchant, original) WHERE original IS NOT NULL;

-- Which order of a reference was reported as its payment. Any other one is a second payment.
CREATE TABLE {references} (
    merchant  TEXT NOT NULL,
    reference TEXT NOT NULL,
    paid_by   TEXT,
    PRIMARY KEY (merchant, reference)
);

-- Reasons to query an order now, one row per order. Pending while seen > taken.
CREATE TABLE {hints} (
    merchant TEXT NOT NULL,
    id       TEXT NOT NULL,
    seen     BIGINT NOT NULL,
    taken    BIGINT NOT NULL DEFAULT 0,
    first_at BIGINT NOT NULL,
    last_at  BIGINT NOT NULL,
    -- The first callback: the SHA-256 of its fields, and the fields without sensitive ones.
    digest   TEXT NOT NULL,
    fields   TEXT,
    -- When a callback without signs of alteration named the requested amount, and how many differed from the first.
    vouched_at BIGINT,
    differing  BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (merchant, id)
);
CREATE INDEX ottpay_hints_pending ON {hints} (merchant, last_at) WHERE seen > taken;
CREATE INDEX ottpay_hints_taken ON {hints} (last_at) WHERE seen <= taken;

-- Callbacks for orders that were never noted: only the newest 10,000 are kept.
CREATE TABLE {strays} (
    serial   {serial},
    merchant TEXT NOT NULL,
    -- Empty if the callback names no id that can be read.
    id       TEXT NOT NULL,
    seen     BIGINT NOT NULL,
    last_at  BIGINT NOT NULL,
    digest   TEXT NOT NULL,
    fields   TEXT,
    UNIQUE (merchant, id, digest)
);

-- Transitions that are being or were handed to the shop. Keys are kept, bodies are deleted after 30 days.
CREATE TABLE {events} (
    serial        {serial},
    key           TEXT NOT NULL UNIQUE,
    merchant      TEXT NOT NULL,
    id            TEXT NOT NULL,
    reference     TEXT NOT NULL,
    kind          TEXT NOT NULL,
    -- The event as JSON.
    body          TEXT,
    -- The order's position afterwards, as JSON.
    after         TEXT NOT NULL,
    attempt       BIGINT NOT NULL,
    offered_at    BIGINT NOT NULL,
    offered_until BIGINT,
    done_at       BIGINT,
    -- 1 once it is folded into the order's row, 2 if that failed and the order is parked.
    folded        BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX ottpay_events_of_order ON {events} (merchant, id);
CREATE INDEX ottpay_events_bodies ON {events} (done_at) WHERE body IS NOT NULL;
CREATE INDEX ottpay_events_unfolded ON {events} (done_at) WHERE folded = 0;

-- Actions whose query has confirmed a payment before.
CREATE TABLE {proven} (
    merchant  TEXT NOT NULL,
    action    TEXT NOT NULL,
    proven_at BIGINT NOT NULL,
    PRIMARY KEY (merchant, action)
);

-- Decisions of people.
CREATE TABLE {verdicts} (
    serial     {serial},
    merchant   TEXT NOT NULL,
    id         TEXT NOT NULL,
    verdict    TEXT NOT NULL,
    decided_by TEXT NOT NULL,
    why        TEXT NOT NULL,
    decided_at BIGINT NOT NULL
)
