//! Lists and objects as trees, to print them as other languages do.

use crate::envelope::unescape::{Token, Tokens, unescape};
use crate::envelope::value::Value;

/// A value with everything that it contains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Tree {
    Text(String),
    Number(String),
    Bool(bool),
    Null,
    List(Vec<Tree>),
    Object(Vec<(String, Tree)>),
}

impl Tree {
    pub(super) fn from_value(value: Value<'_>) -> Self {
        match value {
            Value::Text(text) => Self::Text(text.to_owned()),
            Value::Number(number) => Self::Number(number.to_owned()),
            Value::Bool(value) => Self::Bool(value),
            Value::Null => Self::Null,
            Value::Nested(nested) => Self::read(&mut Tokens::new(nested.as_json())),
        }
    }

    /// Reads the next value. The tokens belong to a value that was parsed before, so they are complete, and not nested
    /// too deeply.
    fn read(tokens: &mut Tokens<'_>) -> Self {
        match tokens.next() {
            Some((text, Token::Text)) => Self::Text(decode_string(text)),
            Some(("[", _)) => Self::List(std::iter::from_fn(|| Self::read_item(tokens)).collect()),
            Some(("{", _)) => Self::Object(std::iter::from_fn(|| Self::read_member(tokens)).collect()),
            Some(("true", _)) => Self::Bool(true),
            Some(("false", _)) => Self::Bool(false),
            Some(("null", _)) | None => Self::Null,
            Some((number, _)) => Self::Number(number.to_owned()),
        }
    }

    /// Reads the next item of a list; `None` at its end.
    fn read_item(tokens: &mut Tokens<'_>) -> Option<Self> {
        match tokens.peek()? {
            ("]", Token::Other) => tokens.next().and(None),
            (",", Token::Other) => tokens.next().map(|_| Self::read(tokens)),
            _ => Some(Self::read(tokens)),
        }
    }

    /// Reads the next member of an object; `None` at its end.
    fn read_member(tokens: &mut Tokens<'_>) -> Option<(String, Self)> {
        let name = match tokens.next()? {
            (name, Token::Text) => name,
            (",", _) => tokens.next()?.0,
            _ => return None,
        };
        // The colon.
        tokens.next()?;
        Some((decode_string(name), Self::read(tokens)))
    }
}

fn decode_string(text: &str) -> String {
    let mut out = String::new();
    // Cannot fail: compact JSON contains only whole surrogate pairs.
    let _ = unescape(text, None, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envelope::Fields;

    #[test]
    fn everything_inside_is_found() {
        let json = r#"{"a":[[],{},"]\n",-1.50,true,{"\"":{"b":[null,false]},"c":"{"}]}"#;
        let fields = Fields::parse_object(json).unwrap();
        let inner = Tree::Object(vec![("b".to_owned(), Tree::List(vec![Tree::Null, Tree::Bool(false)]))]);
        let object = Tree::Object(vec![("\"".to_owned(), inner), ("c".to_owned(), Tree::Text("{".to_owned()))]);
        let text = Tree::Text("]\n".to_owned());
        let number = Tree::Number("-1.50".to_owned());
        let list = vec![Tree::List(Vec::new()), Tree::Object(Vec::new()), text, number, Tree::Bool(true), object];
        assert_eq!(Tree::from_value(fields.get("a").unwrap()), Tree::List(list));
    }
}
