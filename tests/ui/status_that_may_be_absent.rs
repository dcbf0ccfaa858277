use ottpay::WalletCallback;

fn ship(callback: &WalletCallback) -> ottpay::StatusClass {
    callback.order_status().class()
}

fn main() {}
