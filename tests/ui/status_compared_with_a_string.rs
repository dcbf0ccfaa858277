use ottpay::StatusQueryReply;

fn is_paid(state: &StatusQueryReply) -> bool {
    state.order_status() == "success"
}

fn main() {}
