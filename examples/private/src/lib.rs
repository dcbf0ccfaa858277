//! An action that `ottpay` does not have, described in `spec/actions/shop_query.yaml`: `cargo test -p private-actions`.
//!
//! Put such a folder `spec` into your own package, which depends only on `ottpay`. The name of the file is the name of
//! the method: `client.shop_query()`.

// Generates `ShopQuery`, `ShopQueryReply`, the trait `ClientExt` and the static `GATEWAY`.
ottpay::actions!("spec");
