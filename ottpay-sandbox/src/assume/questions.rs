//! The questions: one list with the name, the wording and the answers of each.
//!
//! The builder, the command, the control interface, the pages and the guide know the questions only through this list.

/// Declares a type for the answers to each question, and the code that covers all questions.
macro_rules! questions {
    ($(
        $question:ident $member:ident $asked:literal {
            $first:ident $first_name:literal $first_meaning:literal;
            $($answer:ident $name:literal $meaning:literal;)+
        }
    )+) => {
        $(
            #[doc = concat!("`", stringify!($member), "`: ", $asked)]
            #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
            #[non_exhaustive]
            pub enum $question {
                #[doc = concat!("`", $first_name, "`, the default: ", $first_meaning, ".")]
                #[default]
                $first,
                $(#[doc = concat!("`", $name, "`: ", $meaning, ".")] $answer,)+
            }

            impl From<$question> for Assumption {
                fn from(answer: $question) -> Self {
                    Self::$question(answer)
                }
            }
        )+

        /// An answer to one question that the vendor's documentation leaves open.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Assumption {
            $(#[doc = $asked] $question($question),)+
        }

        impl Assumption {
            /// All answers to all questions; for each question, the default comes first.
            pub const ALL: &'static [Self] = &[$(
                Self::$question($question::$first),
                $(Self::$question($question::$answer),)+
            )+];

            const fn row(self) -> Row {
                match self {
                    $(
                        Self::$question($question::$first) => Row {
                            question: stringify!($member),
                            name: $first_name,
                            meaning: $first_meaning,
                            is_default: true,
                        },
                        $(Self::$question($question::$answer) => Row {
                            question: stringify!($member),
                            name: $name,
                            meaning: $meaning,
                            is_default: false,
                        },)+
                    )+
                }
            }
        }

        impl Question {
            /// All questions.
            pub const ALL: &'static [Self] = &[$(
                Self {
                    name: stringify!($member),
                    asked: $asked,
                    answers: &[
                        Assumption::$question($question::$first),
                        $(Assumption::$question($question::$answer),)+
                    ],
                },
            )+];
        }

        /// One answer to each question.
        #[derive(Debug, Clone, Copy, Default)]
        pub(crate) struct Assumptions {
            $(pub(crate) $member: $question,)+
        }

        impl Assumptions {
            /// Replaces the answer to one question.
            pub(crate) fn set(&mut self, assumption: Assumption) {
                match assumption {
                    $(Assumption::$question(answer) => self.$member = answer,)+
                }
            }

            /// Lists the answers, in the order of the questions.
            pub(crate) fn list(self) -> Vec<Assumption> {
                vec![$(self.$member.into(),)+]
            }
        }
    };
}

questions! {
    RefusedIds refused_ids
        "can an id be used again after a request with it was refused?" {
        Free "free" "the id can be used again";
        Burnt "burnt" "the id cannot be used again, although queries find no order with it";
    }
    OrderIds order_ids
        "what happens to a second payment request with the id of an open order?" {
        Unique "unique" "it is refused as a duplicate";
        Resumed "resumed" "it is accepted, and its reply describes the existing order, even if the request differs";
    }
    PaidIds paid_ids
        "which code refuses a payment request with the id of a paid order?" {
        OrderUsed "ORDER_USED" "`ORDER_USED`, as for all other duplicates";
        OrderPaid "ORDER_PAID" "`ORDER_PAID`";
    }
    RefundIds refund_ids
        "what happens to a second refund with the same id?" {
        Unique "unique" "it is refused as a duplicate";
        Reusable "reusable" "it is carried out like the first refund, and queries report the first refund";
    }
    Duplicates duplicates
        "where does a reply report that an id was used before?" {
        Code "code" "the code for it, such as `ORDER_USED`, is the response code";
        Message "message" "the response code is `FAIL`, and the message begins with that code";
    }
    RefusalStatus refusal_status
        "which HTTP status does a refusal have?" {
        Ok "200" "the same as any other reply";
        BadRequest "400" "400, bad request";
    }
    UnknownOrder unknown_order
        "what is the reply to a request about an unknown order?" {
        Fail "FAIL" "it is refused with the code `FAIL`";
        SystemError "SYSTEM_ERROR" "it is refused with the code `SYSTEM_ERROR`";
        Pending "pending" "a query reports an unpaid order; a refund is refused with the code `FAIL`";
    }
    Queries queries
        "which queries find an order?" {
        Any "any" "every query with its id";
        Listed "listed" "the queries under `query` in the specification of its action";
        Certain "certain" "the queries under `query` that are not marked as assumed";
        None "none" "none";
    }
    Totals totals
        "what do the totals in replies and callbacks include?" {
        Fee "fee" "the amount and the convenience fee";
        Bare "bare" "only the amount";
        Tip "tip" "the amount and the tip";
        FeeAndTip "fee+tip" "the amount, the convenience fee and the tip";
        Absent "absent" "nothing: optional totals are omitted, and required totals are those of the default";
    }
    MinorUnits minor_units
        "how are amounts reported in a currency without decimals?" {
        AsAsked "as_asked" "in the unit of the request";
        Times100 "times_100" "in hundredths: 1999 JPY are reported as 199900";
    }
    Echoes echoes
        "do replies and callbacks repeat what the merchant already knows?" {
        On "on" "yes";
        Off "off" "no: optional fields that repeat the order id, the merchant, the currency or the request are \
                   omitted";
    }
    BuyerCodes buyer_codes
        "is a payment with the buyer's code or card completed immediately?" {
        Paid "paid" "yes";
        Pending "pending" "no: the buyer confirms it first, and the reply reports it as unpaid";
    }
    LatePayments late_payments
        "can a closed, declined or cancelled order be paid?" {
        Off "off" "no";
        On "on" "yes, and then it is paid";
    }
    CheckoutOrders checkout_orders
        "how many orders can the buyer pay on one Checkout page?" {
        One "one" "one";
        Two "two" "two: after the first order is paid, the buyer can pay a second order with another order id, and \
                   queries by the merchant's id report the second order";
    }
    AfterRefund after_refund
        "what is the status of a payment after a refund?" {
        Refunded "refunded" "refunded, or partially refunded";
        Paid "paid" "still paid";
    }
    RefundsSettle refunds_settle
        "when is a refund carried out?" {
        AtOnce "at_once" "immediately";
        Later "later" "a minute after it is accepted, by the sandbox's clock; until then it is in progress";
    }
    RefundsCount refunds_count
        "when does a refund count as refunded on its payment?" {
        Accepted "accepted" "when it is accepted";
        Settled "settled" "when it is carried out";
    }
    RefundParts refund_parts
        "can a payment be refunded in parts?" {
        Many "many" "yes, in any number of parts";
        One "one" "only once, the whole payment or a part";
        Whole "whole" "no, only the whole payment";
    }
    RefundLimit refund_limit
        "how much of a payment can be refunded?" {
        Fee "fee" "the amount and the convenience fee";
        Bare "bare" "only the amount";
        FeeAndTip "fee+tip" "the amount, the convenience fee and the tip";
    }
    Callbacks callbacks
        "how often is a callback posted?" {
        Repeated "repeated" "until it is acknowledged, up to the number of attempts";
        Once "once" "once, whatever the answer";
        Never "never" "never";
    }
    FailureCallbacks failure_callbacks
        "is a callback posted when an order ends unpaid?" {
        Off "off" "no: callbacks are posted only for paid or reserved money";
        On "on" "yes: when the order is closed, declined or cancelled";
    }
    CallbackStatus callback_status
        "do callbacks state the status of the order?" {
        Documented "documented" "if the vendor's sample states it, or the field is required";
        Always "always" "always, if a field is declared for it";
    }
}

/// A question about the gateway that the vendor's documentation leaves open.
#[derive(Debug, Clone, Copy)]
pub struct Question {
    name: &'static str,
    asked: &'static str,
    answers: &'static [Assumption],
}

impl Question {
    /// Returns the name, as in `--assume NAME=VALUE`.
    pub fn name(self) -> &'static str {
        self.name
    }

    /// Returns the question in words.
    pub fn description(self) -> &'static str {
        self.asked
    }

    /// Returns all answers; the first is the default.
    pub fn answers(self) -> &'static [Assumption] {
        self.answers
    }
}

/// An answer in the list.
struct Row {
    question: &'static str,
    name: &'static str,
    meaning: &'static str,
    is_default: bool,
}

impl Assumption {
    /// Returns the name of the question.
    pub fn question(self) -> &'static str {
        self.row().question
    }

    /// Returns the name of the answer.
    pub fn value(self) -> &'static str {
        self.row().name
    }

    /// Returns what the sandbox does.
    pub fn meaning(self) -> &'static str {
        self.row().meaning
    }

    /// Returns whether this answer is the default.
    pub fn is_default(self) -> bool {
        self.row().is_default
    }
}
