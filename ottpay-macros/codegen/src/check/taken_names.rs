//! Names that declarations must not have, because Rust, the library or the macro uses them. Tests compare these lists
//! with the library's exports and the generated code.

use crate::names::{is_keyword, is_snake, to_camel, to_snake};

/// Names that the crate `ottpay` re-exports or generates; a test keeps the list up to date.
pub const RESERVED: &[&str] = &[
    "Acknowledgement",
    "AcknowledgementError",
    "AlteredCallback",
    "Amount",
    "AmountError",
    "AskError",
    "Asking",
    "CallbackError",
    "CheckoutId",
    "Cipher",
    "Client",
    "ClientBuilder",
    "ConfigError",
    "Currency",
    "CurrencyError",
    "DateTime",
    "Decimal",
    "Error",
    "Framing",
    "FromField",
    "IdError",
    "IntoField",
    "Iv",
    "Money",
    "MoneyError",
    "OrderId",
    "Outcome",
    "OutcomeError",
    "Problem",
    "Rate",
    "RateError",
    "Retry",
    "QueryError",
    "RefundId",
    "Sending",
    "SignKey",
    "SignKeyError",
    "StatusClass",
    "Timestamp",
    "TimestampError",
    "Url",
    "UrlError",
    "ValueError",
    "Word",
];

/// The trait that adds private actions to the library's client.
pub(crate) const EXTENSION: &str = "ClientExt";

/// The description of the gateway that the macro emits.
const GATEWAY: &str = "GATEWAY";

/// Types, traits, variants and derives that are in scope everywhere in some edition of Rust. In a module that imports
/// all generated types with `*`, a generated type of the same name would replace them.
const PRELUDE: &[&str] = &[
    "AsMut",
    "AsRef",
    "AsyncFn",
    "AsyncFnMut",
    "AsyncFnOnce",
    "Box",
    "Clone",
    "Copy",
    "Debug",
    "Default",
    "DoubleEndedIterator",
    "Drop",
    "Eq",
    "Err",
    "ExactSizeIterator",
    "Extend",
    "Fn",
    "FnMut",
    "FnOnce",
    "From",
    "FromIterator",
    "Future",
    "Hash",
    "Into",
    "IntoFuture",
    "IntoIterator",
    "Iterator",
    "None",
    "Ok",
    "Option",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Result",
    "Send",
    "Sized",
    "Some",
    "String",
    "Sync",
    "ToOwned",
    "ToString",
    "TryFrom",
    "TryInto",
    "Unpin",
    "Vec",
];

/// The methods of every client.
const CLIENT: [&str; 11] = [
    "acknowledgement",
    "builder",
    "clone",
    "confirm",
    "currency",
    "environment",
    "merchant_id",
    "opened_by_former_key",
    "resolve",
    "send",
    "wait",
];

/// Methods that the standard library's traits add to every type: a trait that extends the client cannot have them too.
const EVERYTHING: [&str; 13] = [
    "as_mut",
    "as_ref",
    "borrow",
    "borrow_mut",
    "clone_from",
    "clone_into",
    "fmt",
    "from",
    "into",
    "to_owned",
    "try_from",
    "try_into",
    "type_id",
];

/// Returns what a Rust type of this name would hide, or `None` if the name is free.
pub(super) fn find_hidden(name: &str) -> Option<&'static str> {
    if RESERVED.contains(&name) {
        Some("the library's own")
    } else if PRELUDE.contains(&name) {
        Some("the one in Rust's prelude")
    } else if name == EXTENSION || name == GATEWAY {
        Some("a generated one")
    } else {
        None
    }
}

/// Proposes a name for a declared type whose name is already in use.
pub(super) fn propose_type(name: &str) -> String {
    let camel = to_camel(&to_snake(&replace_punctuation(name)));
    match find_hidden(&camel).is_some() || matches!(&*camel, "Self" | "") {
        true => format!("{camel}Type"),
        false => camel,
    }
}

/// Whether the word is a keyword of Rust, in any edition.
pub(super) fn is_word_of_rust(name: &str) -> bool {
    is_keyword(name) || matches!(name, "self" | "super" | "crate" | "Self")
}

/// Returns why a name cannot be a method of the client, as the end of a sentence, or `None` if it can.
pub(super) fn find_method_fault(name: &str) -> Option<String> {
    if is_word_of_rust(name) {
        Some("it is a Rust keyword".to_owned())
    } else if !is_snake(name) {
        Some("it is not in snake_case".to_owned())
    } else if CLIENT.contains(&name) {
        Some("every client has a method of that name".to_owned())
    } else if EVERYTHING.contains(&name) {
        Some("every Rust type has a method of that name".to_owned())
    } else if to_camel(name) == "Self" {
        Some("its type would be `Self`, a Rust keyword".to_owned())
    } else {
        None
    }
}

/// Proposes a name for a method or a field whose name is already in use: the same in snake_case, or with an ending.
pub(super) fn propose_snake(name: &str, ending: &str) -> String {
    let snake = to_snake(&replace_punctuation(name));
    let is_free = |name: &str| find_method_fault(name).is_none() && find_hidden(&to_camel(name)).is_none();
    match snake.as_str() {
        "" => ending.to_owned(),
        free if is_free(free) => snake,
        _ => format!("{snake}_{ending}"),
    }
}

/// Replaces every character that a name cannot contain with `_`, and drops everything before the first letter.
fn replace_punctuation(name: &str) -> String {
    let name = name.trim_start_matches(|first: char| !first.is_ascii_alphabetic());
    name.chars().map(|sign| if sign.is_ascii_alphanumeric() { sign } else { '_' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every name of the prelude, in the edition with the most: a name that is not in it does not compile.
    #[test]
    fn the_prelude_contains_the_refused_names() {
        #[allow(unused_imports, reason = "the test is about their presence")]
        use std::prelude::rust_2024::{
            AsMut, AsRef, AsyncFn, AsyncFnMut, AsyncFnOnce, Box, Clone, Copy, Debug, Default, DoubleEndedIterator,
            Drop, Eq, Err, ExactSizeIterator, Extend, Fn, FnMut, FnOnce, From, FromIterator, Future, Hash, Into,
            IntoFuture, IntoIterator, Iterator, None, Ok, Option, Ord, PartialEq, PartialOrd, Result, Send, Sized,
            Some, String, Sync, ToOwned, ToString, TryFrom, TryInto, Unpin, Vec,
        };
        for name in PRELUDE {
            assert_eq!(find_hidden(name), Some("the one in Rust's prelude"), "{name}");
        }
    }

    #[test]
    fn proposed_names_are_available() {
        for name in
            ["type", "send", "Self", "self_", "", "Refund", "2fast", "über-pay", "a b", "into", "option", "rate"]
        {
            let proposed = propose_snake(name, "call");
            assert_eq!(find_method_fault(&proposed), None, "{name}: {proposed}");
            assert_eq!(find_hidden(&to_camel(&proposed)), None, "{name}: {proposed}");
        }
        for name in ["Option", "option", "self", "Self", "GATEWAY", "Rate", "on hold", ""] {
            let proposed = propose_type(name);
            assert!(crate::names::is_camel(&proposed) && find_hidden(&proposed).is_none(), "{name}: {proposed}");
        }
    }

    #[test]
    fn the_keywords_are_those_of_rust() {
        for word in PRELUDE.iter().chain(&CLIENT).chain(&EVERYTHING) {
            assert_eq!(syn::parse_str::<syn::Ident>(word).is_err(), is_word_of_rust(word), "{word}");
        }
        // The strict and reserved keywords in the Rust reference, of all editions; `gen` and `try` were added later.
        let words = "as async await break const continue crate dyn else enum extern false fn for gen if impl in let loop \
                     match mod move mut pub ref return self Self static struct super trait true try type unsafe use \
                     where while abstract become box do final macro override priv typeof unsized virtual yield";
        for word in words.split_whitespace() {
            assert!(is_word_of_rust(word), "{word}");
            assert!(find_method_fault(word).is_some_and(|fault| fault.contains("keyword")), "{word}");
        }
    }
}
