use ottpay::WalletCallback;

fn ship(callback: &WalletCallback) -> bool {
    callback.order_status().is_paid()
}

fn main() {}
