//! Sealing and opening, compared with the same cryptography in C and with MD5 alone.

use criterion::{Criterion, criterion_group, criterion_main};
use ottpay_benches::{Row, compare};

fn envelope(criterion: &mut Criterion) {
    let rows = [
        Row("seal", "c", Some(0.7)),
        Row("seal", "c_prepared", None),
        Row("open", "two_md5", Some(3.2)),
        Row("seal_10k", "md5_10k", Some(1.2)),
        Row("open_10k", "md5_10k", Some(1.3)),
    ];
    compare(criterion, &rows);
}

criterion_group!(benches, envelope);
criterion_main!(benches);
