//! Describes the libraries' errors in terms of the command line: flags, variables and files, not methods and types.

use ottpay::payment::{FollowError, WaitError};
use ottpay::{ConfigError, Problem, UrlError, ValueError};
use ottpay_ledger::OpenError;

/// How to set the currency.
pub(crate) const SET_CURRENCY: &str =
    "set the variable OTTPAY_CURRENCY, or write `currency = \"CAD\"` into ottpay.toml";

/// Describes why the client cannot be built.
pub(crate) fn describe_config_error(error: &ConfigError) -> String {
    match error {
        ConfigError::NoTls => {
            "the endpoint is https, and this build of `ottpay` has no TLS: install it with its default features"
                .to_owned()
        }
        error => error.to_string(),
    }
}

/// Describes why the state of a payment is unknown.
pub(crate) fn describe_follow_error(error: &FollowError) -> String {
    match error {
        FollowError::NoCurrency => format!("the currency of the order is unknown: {SET_CURRENCY}"),
        FollowError::UnknownAction { action } => {
            format!("`ottpay` does not know the action `{action}`: the program that sent it has its specification")
        }
        FollowError::Invalid(invalid) => {
            format!("{}: {}: {}", invalid.action(), invalid.field(), describe_problem(invalid.problem()))
        }
        error => error.to_string(),
    }
}

/// Describes why a wait ended without a final state.
pub(crate) fn describe_wait_error(error: &WaitError) -> String {
    match error {
        WaitError::Follow(error) => describe_follow_error(error),
        error => error.to_string(),
    }
}

/// Describes what is wrong with a field.
pub(crate) fn describe_problem(problem: &Problem) -> String {
    match problem {
        Problem::OnlyReads => "the action only reads".to_owned(),
        Problem::MayMoveMoney => "the action may move money".to_owned(),
        Problem::Value(ValueError::NotAUrl(UrlError::PlainHttp)) => {
            "expected https, or plain HTTP on this machine".to_owned()
        }
        Problem::Hidden => "hidden when the request was stored, so it cannot be sent again".to_owned(),
        problem => problem.to_string(),
    }
}

/// Describes why a ledger cannot be opened.
pub(crate) fn describe_open_error(error: &OpenError) -> String {
    match error {
        OpenError::NoCurrency { .. } => format!("the currency is not set: {SET_CURRENCY}"),
        OpenError::OtherMerchant { merchant } => {
            format!("the store is not bound to merchant {merchant}: it may belong to another shop")
        }
        OpenError::MissingClient { merchant } => {
            format!("the store contains payments of merchant {merchant}, whose sign key is not set here")
        }
        error => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a text names something that only Rust has.
    fn names_rust(text: &str) -> bool {
        ["::", "()", "(…)", "Client", "builder", "AnyQuery", "AnyRequest", "feature `", "bind_new", "transport of"]
            .iter()
            .any(|word| text.contains(word))
    }

    #[test]
    fn no_cause_is_described_by_methods_or_types() {
        let (merchant, action) = (|| "ON00004652".to_owned(), || "shop_pay".to_owned());
        let (first, second) = (|| "https://one.example".to_owned(), || "https://two.example".to_owned());
        let messages = [
            describe_config_error(&ConfigError::NoMerchantId),
            describe_config_error(&ConfigError::NoSignKey),
            describe_config_error(&ConfigError::Endpoint),
            describe_config_error(&ConfigError::EndpointWithPath),
            describe_config_error(&ConfigError::PlainHttp),
            describe_config_error(&ConfigError::NoTls),
            describe_config_error(&ConfigError::Certificate),
            describe_config_error(&ConfigError::UserAgent),
            describe_follow_error(&FollowError::OtherMerchant { expected: merchant(), found: merchant() }),
            describe_follow_error(&FollowError::OtherEnvironment { expected: first(), found: second() }),
            describe_follow_error(&FollowError::Conflict),
            describe_follow_error(&FollowError::NoCurrency),
            describe_follow_error(&FollowError::NoQuery { action: action(), reason: "none".to_owned() }),
            describe_follow_error(&FollowError::UnknownAction { action: action() }),
            describe_wait_error(&WaitError::Follow(FollowError::NoCurrency)),
            describe_open_error(&OpenError::NoClient),
            describe_open_error(&OpenError::NoCurrency { merchant: merchant() }),
            describe_open_error(&OpenError::SameMerchant { merchant: merchant() }),
            describe_open_error(&OpenError::SeveralEnvironments { first: first(), second: second() }),
            describe_open_error(&OpenError::OtherEnvironment { bound: first(), found: second() }),
            describe_open_error(&OpenError::OtherMerchant { merchant: merchant() }),
            describe_open_error(&OpenError::MissingClient { merchant: merchant() }),
            describe_open_error(&OpenError::NoLedger),
            describe_problem(&Problem::OnlyReads),
            describe_problem(&Problem::MayMoveMoney),
            describe_problem(&Problem::Hidden),
            describe_problem(&Problem::OtherMerchant),
            describe_problem(&Problem::Value(ValueError::NotAUrl(UrlError::PlainHttp))),
        ];
        let wrong: Vec<_> = messages.iter().filter(|message| names_rust(message)).collect();
        assert!(wrong.is_empty(), "{wrong:?}");
    }

    #[test]
    fn what_the_libraries_say_to_programmers_is_recognised() {
        for text in [
            FollowError::NoCurrency.to_string(),
            FollowError::UnknownAction { action: "shop_pay".to_owned() }.to_string(),
            ConfigError::NoTls.to_string(),
            OpenError::OtherMerchant { merchant: "M".to_owned() }.to_string(),
            Problem::Hidden.to_string(),
            UrlError::PlainHttp.to_string(),
        ] {
            assert!(names_rust(&text), "{text}");
        }
    }
}
