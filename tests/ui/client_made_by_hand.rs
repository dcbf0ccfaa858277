use ottpay::{Client, SignKey};

fn client(sign_key: SignKey) -> Client {
    Client { sign_key }
}

fn main() {}
