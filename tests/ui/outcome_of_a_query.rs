use ottpay::{AskError, Outcome};

fn file(error: &AskError) -> bool {
    error.outcome() == Outcome::Refused
}

fn main() {}
