use ottpay::SignKey;

fn show(key: &SignKey) -> String {
    key.to_string()
}

fn main() {}
