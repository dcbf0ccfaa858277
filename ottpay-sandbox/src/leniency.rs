//! The leniencies: one list of what the sandbox accepts although a client should not rely on it.
//!
//! The engine, the control interface, the pages and the guide know leniencies only through this list.

/// Declares [`Leniency`] from the list.
macro_rules! leniencies {
    ($($leniency:ident $name:literal $description:literal;)+) => {
        /// Something that the sandbox accepts although a client should not rely on it.
        ///
        /// Either no page of the vendor allows it, or a page allows it without documenting how it is read. Whether the
        /// gateway accepts it is not known. The sandbox notes each occurrence; a
        /// [strict](crate::SandboxBuilder::strict) sandbox refuses the request.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Leniency {
            $(#[doc = concat!("`", $name, "`: ", $description, ".")] $leniency,)+
        }

        impl Leniency {
            /// All leniencies.
            pub const ALL: &'static [Self] = &[$(Self::$leniency),+];

            const fn row(self) -> (&'static str, &'static str) {
                match self {
                    $(Self::$leniency => ($name, $description),)+
                }
            }
        }
    };
}

// Leniency, name, description.
leniencies! {
    ContentType "content_type"
        "the header `Content-Type` was ignored: it is not `application/json`";
    ByteOrderMark "byte_order_mark"
        "a byte order mark before the message was ignored";
    Base64Body "base64_body"
        "the body of a call without an envelope was read as Base64";
    LooseBase64 "loose_base64"
        "a parameter of a link is not in standard Base64";
    QueryString "query_string"
        "a query after the path of a post was ignored";
    WhiteSpace "white_space"
        "whitespace in Base64 was ignored";
    SpacesForPlus "spaces_for_plus"
        "spaces in `data` were read as `+`, because form decoders turn `+` into spaces";
    LowerCase "lower_case_md5"
        "`md5` is in lower case, and the key was derived from the lower-case digits";
    UpperCased "upper_cased_md5"
        "`md5` is in lower case, but the key was derived from the upper-case digits";
    HalfSurrogate "half_surrogate"
        "half of a surrogate pair, such as `\\ud83c`, was read as another character";
    MalformedMember "malformed_member"
        "text outside `data` was ignored: it is not well-formed JSON in UTF-8";
    DuplicateMember "duplicate_member"
        "two members outside `data` have the same name, and only the first was read";
    UnknownMember "unknown_member"
        "a member outside `data` was ignored: it is not in the specification";
    OtherType "other_type"
        "a member outside `data` that is not a string was treated as absent";
    PaddedMerchant "padded_merchant"
        "whitespace around the merchant id was ignored";
    OtherVersion "other_version"
        "the version is that of another action";
    OtherPath "other_path"
        "the path is that of another action";
    UnknownField "unknown_field"
        "a field that is not in the specification was ignored";
    Number "number"
        "a JSON number was read as a string, and digested as one of the known forms";
    Null "null"
        "a `null` was treated as an absent field, and digested as one of the known forms";
    EmptyField "empty_field"
        "an empty string was treated as an absent field";
    OtherName "other_name"
        "the field was sent only under its other name";
    BothFields "both_fields"
        "a field was sent together with the field that replaces it";
    LeadingZeros "leading_zeros"
        "leading zeros of a number were ignored";
    NumberNotation "number_notation"
        "a number with a fraction or an exponent was read as a whole number";
    PaddedConstant "padded_constant"
        "whitespace around a fixed value was ignored";
    UnlistedWord "unlisted_word"
        "the value is not in the specification";
    UncertainLimit "uncertain_limit"
        "the value exceeds a limit that is not certain";
}

impl Leniency {
    /// Returns the name in the control interface.
    pub fn name(self) -> &'static str {
        self.row().0
    }

    /// Returns a sentence about what was accepted, without a full stop.
    pub fn description(self) -> &'static str {
        self.row().1
    }
}
