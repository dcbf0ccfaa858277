use ottpay::PrepayInitReturn;

fn ship(returned: &PrepayInitReturn) -> bool {
    returned.trade_status().is_some_and(|status| status.is_paid())
}

fn main() {}
