use ottpay::Amount;

fn main() {
    let _ = Amount::from_minor(1999) >= 1999;
}
