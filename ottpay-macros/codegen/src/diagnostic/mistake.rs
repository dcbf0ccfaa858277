//! The kinds of problems. Each has a sample and its message in `tests/diagnostics/cases`, under its name; a test fails if
//! one has none.

/// Declares the kinds, and the list of them.
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
    /// The folder is named by an absolute path, or in a way that cannot be followed.
    FolderPath,
    /// There is no such folder.
    NoFolder,
    /// The folder has no action.
    NoAction,
    /// A file that must be there is not.
    NoFile,
    /// The system refuses to hand the file over.
    Unreadable,
    /// The file is larger than a megabyte.
    TooLarge,
    /// The file is not UTF-8.
    NotUtf8,
    /// A file that does not belong into the folder.
    StrayFile,

    // YAML.
    /// The text is not YAML.
    Syntax,
    /// A line that is indented too little or too much.
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
    /// There is nothing where a map or a list should be.
    Empty,
    /// A list where a map belongs, and the like.
    WrongForm,
    /// A number or a truth value where text belongs, such as `1.0` without quotes.
    NotText,
    /// A key that the language does not have here.
    UnknownKey,
    /// A key that must be there is not.
    MissingKey,

    // What names refer to.
    /// A word that is not one of a fixed set.
    UnknownWord,
    /// A type that is neither built in nor declared.
    UnknownType,
    /// A type that is declared only further down.
    TypeNotYetKnown,
    /// A callback that is not declared.
    UnknownCallback,
    /// An action that a query names, and that is not declared.
    UnknownAction,
    /// A page that is cited by a name, and not declared.
    UnknownPage,
    /// A field that is named by another one, and is not there.
    UnknownField,
    /// A type that no field has.
    UnusedType,
    /// A callback that no action names.
    UnusedCallback,
    /// A page that is named, and not cited.
    UnusedPage,

    // Names.
    /// A name that cannot be had on the wire or in Rust.
    ImpossibleName,
    /// A name that means something else already.
    TakenName,
    /// Two things that would have one name in Rust.
    NameClash,
    /// An action that is the same as another.
    DuplicateAction,
    /// A word with two meanings.
    RepeatedWord,
    /// An alias of two fields.
    AliasClash,

    // Rules of fields and actions.
    /// Keys of which one makes the other meaningless.
    Contradiction,
    /// A key or a type that has no meaning in this place.
    Misplaced,
    /// Limits on a type that takes none.
    NoLimits,
    /// Limits that nothing can fulfil.
    ImpossibleLimits,
    /// A role that the type of the field cannot play.
    RoleMismatch,
    /// Two fields that play one role.
    RoleClash,
    /// A constant that breaks the rules of its field.
    BadConstant,
    /// A field that copies, or is sent instead of, one that does not fit.
    Mismatch,
    /// A query that cannot be asked, or whose field cannot have the value that it is set to.
    QueryMismatch,
    /// A query without a value for a field that it needs.
    QueryLacksField,
    /// More fields than a message can have, or more entries than anybody needs.
    TooMany,

    // Values.
    /// A page that is not cited by site and path.
    BadPage,
    /// A base address or a path that requests cannot go to.
    BadAddress,
    /// An answer to callbacks that cannot be sent, or that rejects them.
    BadAcknowledgement,

    // Examples.
    /// An example without a required field.
    ExampleLacksField,
    /// An example whose value breaks the rules of its field.
    ExampleBreaksRule,
    /// An example that gives what the client writes.
    ExampleOfConstant,

    // The generator itself.
    /// A defect of the generator.
    GeneratorBug,
}

impl Mistake {
    /// The name of the kind, such as `unknown_key`.
    pub fn name(self) -> String {
        crate::names::snake(&format!("{self:?}"))
    }
}
