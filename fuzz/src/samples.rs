//! Small specifications, in the form of an input.

/// A whole specification.
pub(crate) const SMALL: &str = "=== gateway.yaml
base_url: https://gateway.example
path: /v1
framing: json
cipher: aes-128-ecb
acknowledgement: { status: 200, content_type: text/plain, body: OK }
codes:
  SUCCESS: { class: accepted, doc: D }
page: example.com/p
=== types.yaml
Wallet:
  doc: D
  values:
    RED: { doc: D }
    BLUE: { doc: D }
=== callbacks.yaml
paid:
  summary: S
  page: example.com/p
  fields:
    order_id: { type: order_id, doc: D }
=== actions/pay.yaml
action: PAY
version: \"1.0\"
effect: write
summary: S
page: example.com/p
query: { none: R }
=== actions/status_query.yaml
action: STATUS_QUERY
version: \"1.0\"
effect: read
summary: S
page: example.com/p
request:
  order_id: { type: order_id, doc: D }
reply:
  order_id: { type: order_id, optional: true, doc: D }
  wallet: { type: Wallet, doc: D }
callback: paid
";

/// One that extends the library's.
pub(crate) const EXTENSION: &str = "=== actions/loyalty.yaml
action: LOYALTY
version: \"1.0\"
effect: write
summary: S
page: example.com/p
query:
  - { action: status_query, set: { order_id: order_id }, evidence: assumed }
request:
  order_id: { type: order_id, doc: D }
  amount: { type: amount, doc: D }
  card: { type: text, optional: true, sensitive: true, max_len: 20, doc: D }
  points: { type: integer, optional: true, doc: D }
reply:
  order_id: { type: order_id, optional: true, doc: D }
  code_url: { type: url, doc: D }
";
