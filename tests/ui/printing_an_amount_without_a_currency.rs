use ottpay::Amount;

fn main() {
    println!("{}", Amount::from_minor(1999));
}
