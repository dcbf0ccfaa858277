use ottpay::SignKey;

fn show(key: &SignKey) {
    println!("{key}");
}

fn main() {}
