//! The operations of a shop in a case: one action for each way of paying, refunding or querying.

use ottpay::payment::Tracked;
use ottpay::request::AnyRequest;
use ottpay::spec::{ActionInfo, Protocol, Role};
use ottpay::{
    ActivePay, Amount, BizType, CheckoutId, Client, Currency, GATEWAY, InAppPayWechat, OrderId, PassivePay, PrepayInit,
    Refund, RefundId, Timestamp, UnionPayPurchase,
};

/// What a shop does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    Code,
    Till,
    Card,
    App,
    Sdk,
    Link,
    Checkout,
    Refund,
    Query,
}

/// The requested amount, and how much of it is refunded.
pub(crate) const ASKED: u64 = 1999;
pub(crate) const GIVEN_BACK: u64 = 500;
/// The id of what is paid first, and of its refund.
pub(crate) const ORDER: &str = "T1";
pub(crate) const REFUND: &str = "R1";

impl Operation {
    pub(crate) const ALL: [Self; 9] = [
        Self::Code,
        Self::Till,
        Self::Card,
        Self::App,
        Self::Sdk,
        Self::Link,
        Self::Checkout,
        Self::Refund,
        Self::Query,
    ];

    /// What the page calls it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Code => "QR code, in a sealed envelope",
            Self::Till => "the buyer's code at a till, in a sealed envelope in Base64",
            Self::Card => "card payment, in a sealed envelope of version 2.0",
            Self::App => "WeChat in an app, in JSON without an envelope",
            Self::Sdk => "Alipay in an app, by parameters for the vendor's SDK",
            Self::Link => "link",
            Self::Checkout => "Checkout page",
            Self::Refund => "refund",
            Self::Query => "query",
        }
    }

    /// The method of its action.
    pub(crate) fn method(self) -> &'static str {
        match self {
            Self::Code => "active_pay",
            Self::Till => "passive_pay",
            Self::Card => "union_pay_purchase",
            Self::App => "in_app_pay_wechat",
            Self::Sdk => "in_app_pay_alipay",
            Self::Link => "wap_pay_link",
            Self::Checkout => "prepay_init",
            Self::Refund => "refund",
            Self::Query => "status_query",
        }
    }

    pub(crate) fn info(self) -> &'static ActionInfo {
        GATEWAY.find_method(self.method()).unwrap()
    }

    /// Whether a browser or an app sends the request, and not the shop.
    pub(crate) fn is_by_buyer(self) -> bool {
        matches!(self.info().protocol, Protocol::Link | Protocol::Sdk)
    }

    pub(crate) fn is_sealed(self) -> bool {
        self.info().protocol == Protocol::Envelope
    }

    /// Whether the reply contains this.
    pub(crate) fn replies_with(self, roles: &[Role]) -> bool {
        roles.iter().any(|role| self.info().reply_field(*role).is_some())
    }

    /// How its requests are recognised on the wire.
    pub(crate) fn on_wire(self) -> &'static str {
        if self.is_sealed() { self.info().action } else { self.info().path }
    }

    /// Whether it needs an order that is paid already.
    pub(crate) fn needs_payment(self) -> bool {
        matches!(self, Self::Refund | Self::Query)
    }

    /// The id that the case is about.
    pub(crate) fn id(self) -> &'static str {
        if self == Self::Refund { REFUND } else { ORDER }
    }
}

/// The requests of a shop.
#[derive(Clone)]
pub(crate) struct Requests {
    pub(crate) client: Client,
    pub(crate) callback: String,
    pub(crate) currency: Currency,
}

/// Applies a function to the request of an operation, whatever its type; requests that the shop does not send itself
/// are left out.
macro_rules! with_request {
    ($operation:expr, $requests:expr, |$request:ident| $work:expr) => {{
        use $crate::matrix::operation::Operation as O;
        let requests = &$requests;
        match $operation {
            O::Code => {
                let $request = requests.code();
                $work
            }
            O::Till => {
                let $request = requests.till();
                $work
            }
            O::Card => {
                let $request = requests.card();
                $work
            }
            O::App => {
                let $request = requests.app();
                $work
            }
            O::Checkout => {
                let $request = requests.checkout();
                $work
            }
            O::Refund => {
                let $request = requests.refund();
                $work
            }
            O::Sdk | O::Link | O::Query => unreachable!("the shop does not send it"),
        }
    }};
}
pub(crate) use with_request;

fn order() -> OrderId {
    OrderId::new(ORDER).unwrap()
}

impl Requests {
    pub(crate) fn code(&self) -> ActivePay {
        self.code_with(ORDER)
    }

    pub(crate) fn code_with(&self, id: &str) -> ActivePay {
        let builder = self.client.active_pay().order_id(OrderId::new(id).unwrap()).without_operator_id();
        let builder = builder.amount(Amount::from_minor(ASKED)).biz_type(BizType::WechatPay);
        builder.call_back_url(&*self.callback).build().unwrap()
    }

    pub(crate) fn till(&self) -> PassivePay {
        let builder = self.client.passive_pay().order_id(order()).without_operator_id();
        let builder = builder.amount(Amount::from_minor(ASKED)).auth_code("134567890123456789");
        builder.biz_type(BizType::WechatPay).build().unwrap()
    }

    pub(crate) fn card(&self) -> UnionPayPurchase {
        let builder = self.client.union_pay_purchase().order_id(order());
        let builder = builder.txn_time(Timestamp::new("20191125162635").unwrap()).txn_amt(Amount::from_minor(ASKED));
        builder.front_url("https://shop.example/result").back_url(&*self.callback).build().unwrap()
    }

    pub(crate) fn app(&self) -> InAppPayWechat {
        let builder = self.client.in_app_pay_wechat().user_id("wxcbb0a73d2d5a8888").operator_id("0000020156");
        let builder = builder.amount(Amount::from_minor(ASKED)).order_id(order());
        builder.call_back_url(&*self.callback).build().unwrap()
    }

    pub(crate) fn checkout(&self) -> PrepayInit {
        let builder = self.client.prepay_init().shop_id("ON00004652001").operator_id("0000020156");
        let builder = builder.prepay_order_id(CheckoutId::new(ORDER).unwrap()).sale_num("S1");
        let builder = builder.amount(Amount::from_minor(ASKED)).currency_type(self.currency).duration(1000);
        builder.redirect_url("https://shop.example/result").call_back_url(&*self.callback).build().unwrap()
    }

    pub(crate) fn refund(&self) -> Refund {
        let builder = self.client.refund().order_id(RefundId::new(REFUND).unwrap()).ori_order_id(order());
        builder.refund_amt(Amount::from_minor(GIVEN_BACK)).build().unwrap()
    }

    /// What the buyer's device sends: an address for a browser, or parameters for an app.
    pub(crate) fn for_device(&self, operation: Operation) -> (Tracked, String) {
        let amount = ASKED.to_string();
        let info = operation.info();
        let fields: Vec<(&str, &str)> = match operation {
            Operation::Link => vec![
                ("merCode", "0000000000000000"),
                ("orderId", ORDER),
                ("operId", "0000020156"),
                ("amount", &amount),
                ("returnURL", "https://shop.example/result"),
                ("notifyURL", &self.callback),
            ],
            _ => vec![
                ("amount", &amount),
                ("bizType", "ALIPAYONLINE"),
                ("operator_id", "0000020156"),
                ("order_id", ORDER),
                ("call_back_url", &self.callback),
            ],
        };
        let tracked = AnyRequest::track(&self.client, info, fields.iter().copied()).unwrap();
        let device = match operation {
            Operation::Link => AnyRequest::link(&self.client, info, fields).unwrap().to_string(),
            _ => AnyRequest::parameters(&self.client, info, fields).unwrap(),
        };
        (tracked, device)
    }

    /// What to remember of the operation, or of the payment that it asks about.
    pub(crate) fn tracked(&self, operation: Operation) -> Tracked {
        match operation {
            Operation::Query => self.code().tracked(),
            _ if operation.is_by_buyer() => self.for_device(operation).0,
            _ => with_request!(operation, *self, |request| request.tracked()),
        }
    }
}
