use ottpay::Refund;
use ottpay::request::Values;

fn refund(values: Values) -> Refund {
    Refund(values)
}

fn main() {}
