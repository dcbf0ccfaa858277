//! The response codes that the sandbox sends. A test compares them with the specification.

/// Declares a constant for each code, with the code as its name.
macro_rules! codes {
    ($($name:ident)*) => {
        $(pub(crate) const $name: &str = stringify!($name);)*

        /// Every code above.
        #[cfg(test)]
        const ALL: &[&str] = &[$($name),*];
    };
}

codes! {
    SUCCESS
    PROCESSING
    FAIL
    ORDER_USED
    ORDER_PAID
    PARAM_ERROR
    PARAM_INVALID
    SYSTEM_ERROR
    DB_ERROR
}

#[cfg(test)]
mod tests {
    use ottpay::GATEWAY;
    use ottpay::spec::CodeClass;

    use super::*;

    #[test]
    fn every_code_is_declared_in_the_specification() {
        for code in ALL {
            let declared = GATEWAY.codes.iter().find(|declared| declared.code == *code);
            let class = declared.unwrap_or_else(|| panic!("{code} is not declared")).class;
            let accepts = [SUCCESS, PROCESSING].contains(code);
            assert_eq!(class == Some(CodeClass::Accepted), accepts, "{code}");
            assert!(class.is_some(), "{code} has no class");
        }
    }
}
