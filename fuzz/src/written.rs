//! Written, displayed and stored values are read back unchanged.

use std::fmt::{Debug, Display};
use std::str::FromStr;

use ottpay::request::FieldText;
use ottpay::{FromField, IntoField};
use serde::Serialize;
use serde::de::DeserializeOwned;

pub(crate) fn written<T: IntoField<T>>(value: &T) -> String {
    let mut text = String::new();
    value.write_to(&mut FieldText::new(&mut text)).expect("a value that there is can be sent");
    text
}

/// Written values are read back, as a field and by serde.
pub(crate) fn assert_comes_back<T: FromField + IntoField<T> + PartialEq + Debug + Serialize + DeserializeOwned>(
    value: &T,
) {
    assert_eq!(T::from_field(&written(value)).as_ref(), Ok(value));
    assert_stored(value);
}

pub(crate) fn assert_stored<T: PartialEq + Debug + Serialize + DeserializeOwned>(value: &T) {
    let stored = serde_json::to_string(value).expect("a value is JSON");
    assert_eq!(&serde_json::from_str::<T>(&stored).expect("what was stored is read"), value);
}

/// Displayed values are parsed again.
pub(crate) fn assert_displayed<T: Display + FromStr + PartialEq + Debug>(value: &T)
where
    T::Err: Debug,
{
    assert_eq!(&value.to_string().parse::<T>().expect("what is displayed is parsed"), value);
}
