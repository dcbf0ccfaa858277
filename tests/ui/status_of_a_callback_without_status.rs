use ottpay::InAppWechatCallback;

fn ship(callback: &InAppWechatCallback) -> bool {
    callback.order_status().is_paid()
}

fn main() {}
