use ottpay::{CardCallback, WalletCallback};

fn ship(_: &WalletCallback) {}

fn take(callback: &CardCallback) {
    ship(callback);
}

fn main() {}
