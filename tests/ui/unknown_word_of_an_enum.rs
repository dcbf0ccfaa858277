use ottpay::BizType;

fn main() {
    let _ = BizType::WeChatPay;
}
