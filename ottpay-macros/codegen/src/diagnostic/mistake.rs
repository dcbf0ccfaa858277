//! The kinds of problems. Each has a sample and its message in `tests/diagnostics/cases`, under its name; a test fails
//! if one is missing.

/// Declares the kinds, and a list of them.
macro_rules! mistakes {
    ($($(#[doc = $doc:literal])+ $name:ident,)+) => {
        /// The kind of a problem.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Mistake {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Mistake {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$name),+];
        }
    };
}

mistakes! {
    // Files and folders.
    /// The folder's path is absolute, or cannot be resolved.
    FolderPath,
    /// The folder does not exist.
    NoFolder,
    /// The folder contains no action.
    NoAction,
    /// A required file is missing.
    NoFile,
    /// The system does not let the file be read.
    Unreadable,
    /// The file is larger than a megabyte.
    TooLarge,
    /// The file is not UTF-8.
    NotUtf8,
    /// A file that does not belong in the folder.
    StrayFile,

    // YAML.
    /// The text is not valid YAML.
    Syntax,
    /// A line with too little or too much indentation.
    Indentation,
    /// A tab in the indentation.
    Tab,
    /// More than one document in a file.
    SeveralDocuments,
    /// Maps and lists are nested too deep.
    TooDeep,
    /// An anchor, an alias or a tag of YAML, which the language does not support.
    YamlFeature,
    /// A key appears twice in a map.
    DoubledKey,

    // Form.
    /// An empty value where a map or a list is expected.
    Empty,
    /// A value of the wrong kind, such as a list instead of a map.
    WrongForm,
    /// A number or boolean where a string is expected, such as `1.0` without quotes.
    NotText,
    /// A key that the language does not define here.
    UnknownKey,
    /// A required key is missing.
    MissingKey,

    // References to names.
    /// A word that is not in a fixed set.
    UnknownWord,
    /// A type that is neither built in nor declared.
    UnknownType,
    /// A type that is declared only later in the file.
    TypeNotYetKnown,
    /// A callback that is not declared.
    UnknownCallback,
    /// A query names an action that is not declared.
    UnknownAction,
    /// A page is cited by a name that is not declared.
    UnknownPage,
    /// A field refers to another one that does not exist.
    UnknownField,
    /// A type that no field uses.
    UnusedType,
    /// A callback that no action names.
    UnusedCallback,
    /// A named page that is not cited.
    UnusedPage,

    // Names.
    /// A name that is impossible on the wire or in Rust.
    ImpossibleName,
    /// A name that is already used for something else.
    TakenName,
    /// Two items with the same name in Rust.
    NameClash,
    /// An action that is the same as another one.
    DuplicateAction,
    /// A value with two meanings.
    RepeatedWord,
    /// An alias that two fields share.
    AliasClash,

    // Rules of fields and actions.
    /// A key that makes another one meaningless.
    Contradiction,
    /// A key or a type that has no meaning here.
    Misplaced,
    /// Limits on a type that cannot have any.
    NoLimits,
    /// Limits that no value satisfies.
    ImpossibleLimits,
    /// A role that does not suit the type of the field.
    RoleMismatch,
    /// Two fields with the same role.
    RoleClash,
    /// A constant that breaks the rules of its field.
    BadConstant,
    /// A field that copies or replaces an unsuitable one.
    Mismatch,
    /// A query that cannot be sent, or a field of it that cannot have the given value.
    QueryMismatch,
    /// A query without a value for a required field.
    QueryLacksField,
    /// More fields than a message can have, or more entries than any specification needs.
    TooMany,

    // Values.
    /// A page that is not cited by site and path.
    BadPage,
    /// A base URL or a path to which requests cannot be sent.
    BadAddress,
    /// An answer to callbacks that cannot be sent, or that rejects them.
    BadAcknowledgement,

    // Examples.
    /// An example without a required field.
    ExampleLacksField,
    /// An example whose value breaks the rules of its field.
    ExampleBreaksRule,
    /// An example with a value for a field that the client writes.
    ExampleOfConstant,

    // The generator itself.
    /// A bug in the generator.
    GeneratorBug,
}

impl Mistake {
    /// Returns the name of the kind, such as `unknown_key`.
    pub fn name(self) -> String {
        crate::names::to_snake(&format!("{self:?}"))
    }
}
