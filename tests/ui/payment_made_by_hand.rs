use ottpay::payment::Payment;

fn by_literal(paid: ottpay::Money) -> Payment {
    Payment { paid }
}

fn by_default() -> Payment {
    Payment::default()
}

fn from_storage(json: &str) -> Option<Payment> {
    serde_json::from_str(json).ok()
}

fn main() {}
