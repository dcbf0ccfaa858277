use ottpay::Outcome;

fn may_go_again(outcome: Outcome) -> bool {
    match outcome {
        Outcome::NotSent => true,
        Outcome::Never | Outcome::Refused | Outcome::Unknown => false,
    }
}

fn main() {}
