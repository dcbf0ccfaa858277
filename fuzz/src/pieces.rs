//! Inputs in parts: the first byte chooses, the rest is text.

/// The first byte, and the text after it. Invalid UTF-8 becomes U+FFFD, so that no input is lost.
pub(crate) fn choice_and_text(data: &[u8]) -> Option<(u8, std::borrow::Cow<'_, str>)> {
    let (choice, rest) = data.split_first()?;
    Some((*choice, String::from_utf8_lossy(rest)))
}

/// An input of these parts.
pub(crate) fn seed(choice: u8, text: &str) -> Vec<u8> {
    [&[choice], text.as_bytes()].concat()
}

/// An object of strings.
pub(crate) fn object<'a>(members: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let quote = |text: &str| serde_json::to_string(text).expect("a string is JSON");
    let members: Vec<String> =
        members.into_iter().map(|(name, value)| format!("{}:{}", quote(name), quote(value))).collect();
    format!("{{{}}}", members.join(","))
}
