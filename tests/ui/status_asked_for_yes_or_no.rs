use ottpay::StatusQueryReply;

fn ship(state: &StatusQueryReply) -> bool {
    state.order_status().is_paid()
}

fn main() {}
