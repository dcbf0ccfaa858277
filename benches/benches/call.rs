//! A typed request, a typed call without network, and a callback, compared with the cryptography of one envelope in C.

use criterion::{Criterion, criterion_group, criterion_main};
use ottpay_benches::{Row, compare};

fn call(criterion: &mut Criterion) {
    let rows = [
        Row("build", "c", None),
        Row("call", "c", Some(2.0)),
        Row("call", "c_prepared", None),
        Row("callback", "c", Some(1.5)),
        Row("callback", "c_prepared", None),
    ];
    compare(criterion, &rows);
}

criterion_group!(benches, call);
criterion_main!(benches);
