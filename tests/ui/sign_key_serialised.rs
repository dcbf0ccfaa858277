use ottpay::SignKey;

fn store(key: &SignKey) {
    let _ = serde_json::to_string(key);
}

fn main() {}
