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
        Burnt "burnt" "the id is used up, although queries know no order with it";
    }
    OrderIds order_ids
        "what becomes of a second payment request with the id of an order that is still open?" {
        Unique "unique" "it is refused as a duplicate";
        Resumed "resumed" "it is accepted, and its reply is about the order that there is already, whatever it asks for";
    }
    PaidIds paid_ids
        "with which word is a payment request refused whose id is that of a paid order?" {
        OrderUsed "ORDER_USED" "`ORDER_USED`, as for every other duplicate";
        OrderPaid "ORDER_PAID" "`ORDER_PAID`";
    }
    RefundIds refund_ids
        "what becomes of a second refund with the same id?" {
        Unique "unique" "it is refused as a duplicate";
        Reusable "reusable" "it is carried out like the first one, and queries report the first one";
    }
    Duplicates duplicates
        "where does a reply say that an id has been used before?" {
        Code "code" "the word, such as `ORDER_USED`, is the response code";
        Message "message" "the response code is `FAIL`, and the message begins with the word";
    }
    RefusalStatus refusal_status
        "which HTTP status does a refusal have?" {
        Ok "200" "that of every other reply";
        BadRequest "400" "that of a bad request";
    }
    UnknownOrder unknown_order
        "how is a request answered that is about an unknown order?" {
        Fail "FAIL" "it is refused with the code `FAIL`";
        SystemError "SYSTEM_ERROR" "it is refused with the code `SYSTEM_ERROR`";
        Pending "pending" "a query reports an order that is not paid yet; a refund is refused with the code `FAIL`";
    }
    Queries queries
        "which queries know an order?" {
        Any "any" "every query that is asked with its id";
        Listed "listed" "those that the specification lists under `query` for the action";
        Certain "certain" "of those the ones that are not only assumed";
        None "none" "none";
    }
    Totals totals
        "what do the totals in replies and callbacks include?" {
        Fee "fee" "the amount and the convenience fee";
        Bare "bare" "the amount alone";
        Tip "tip" "the amount and the tip";
        FeeAndTip "fee+tip" "the amount, the convenience fee and the tip";
        Absent "absent" "nothing: totals that are optional are left out, the others are as by default";
    }
    MinorUnits minor_units
        "how are amounts reported in a currency without decimals?" {
        AsAsked "as_asked" "in the unit in which they were asked for";
        Times100 "times_100" "as hundredths: 1999 JPY are reported as 199900";
    }
    Echoes echoes
        "do replies and callbacks repeat what the merchant knows already?" {
        On "on" "they do";
        Off "off" "optional fields are left out that repeat the order id, the merchant, the currency or the request";
    }
    BuyerCodes buyer_codes
        "is a payment with the buyer's code or card done at once?" {
        Paid "paid" "it is";
        Pending "pending" "the buyer confirms it first, and the reply says that it is not paid yet";
    }
    LatePayments late_payments
        "can an order be paid that was closed, declined or cancelled?" {
        Off "off" "it cannot";
        On "on" "it can, and is paid then";
    }
    CheckoutOrders checkout_orders
        "how many orders can the buyer pay under one Checkout page?" {
        One "one" "the page is paid once";
        Two "two" "after the first order has been paid the buyer can pay once more, under another order id, and queries by \
                   the merchant's id report the later order";
    }
    AfterRefund after_refund
        "what is the status of a payment after a refund?" {
        Refunded "refunded" "refunded, or partially refunded";
        Paid "paid" "still paid";
    }
    RefundsSettle refunds_settle
        "when is a refund carried out?" {
        AtOnce "at_once" "at once";
        Later "later" "a minute after it was accepted, by the sandbox's clock; until then it is in progress";
    }
    RefundsCount refunds_count
        "when does a refund count as refunded on its payment?" {
        Accepted "accepted" "once it is accepted";
        Settled "settled" "once it is carried out";
    }
    RefundParts refund_parts
        "can a payment be refunded in parts?" {
        Many "many" "in any number of parts";
        One "one" "once, all of it or a part";
        Whole "whole" "once, all of it";
    }
    RefundLimit refund_limit
        "what can be refunded of a payment?" {
        Fee "fee" "the amount and the convenience fee";
        Bare "bare" "the amount alone";
        FeeAndTip "fee+tip" "the amount, the convenience fee and the tip";
    }
    Callbacks callbacks
        "how often is a callback posted?" {
        Repeated "repeated" "until it is acknowledged, up to the number of attempts";
        Once "once" "once, whatever the answer is";
        Never "never" "not at all";
    }
    FailureCallbacks failure_callbacks
        "is the end of an unpaid order called back?" {
        Off "off" "it is not: only money that has arrived or is reserved is called back";
        On "on" "it is: when the order is closed, declined or cancelled";
    }
    CallbackStatus callback_status
        "do callbacks state the status of the order?" {
        Documented "documented" "where the vendor's sample states it, or the field is required";
        Always "always" "wherever a field is declared for it";
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
