//! The values of an enum, or the currencies, that an action accepts.

/// Whether a field that accepts only these values accepts `word`. An empty list accepts every value.
pub fn is_accepted(only: &[impl AsRef<str>], word: &str) -> bool {
    only.is_empty() || only.iter().any(|accepted| accepted.as_ref() == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_without_a_list_accepts_every_word() {
        assert!(is_accepted(&[] as &[&str], "CASH"));
        assert!(is_accepted(&["ALIPAY", "WECHATPAY"], "WECHATPAY"));
        assert!(!is_accepted(&["ALIPAY"], "alipay"));
        assert!(!is_accepted(&["ALIPAY"], ""));
    }
}
