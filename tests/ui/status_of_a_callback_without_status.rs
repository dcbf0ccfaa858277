use ottpay::InAppWechatCallback;

fn ship(callback: &InAppWechatCallback) -> ottpay::StatusClass {
    callback.order_status().class()
}

fn main() {}
