use ottpay::BizType;

fn name(wallet: BizType) -> &'static str {
    match wallet {
        BizType::WechatPay => "WeChat Pay",
        BizType::Alipay => "Alipay",
        BizType::UnionPay => "UnionPay",
    }
}

fn main() {}
