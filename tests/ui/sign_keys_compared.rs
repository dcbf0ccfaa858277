use ottpay::SignKey;

fn same(a: &SignKey, b: &SignKey) -> bool {
    a == b
}

fn main() {}
