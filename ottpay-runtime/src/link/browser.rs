//! The parameters with which the buyer's browser returns to the merchant's page.

use super::query::{QueryError, parse_parameters};
use crate::envelope::Fields;
use crate::reply::Received;
use crate::reply::typed::{Arrived, Typed, way};
use crate::spec::FieldInfo;

/// Reads the parameters with which the buyer returned. Nothing in them is signed.
pub fn parse_return<R: Typed<way::Browser>>(query: &str, declared: &[FieldInfo]) -> Result<R, QueryError> {
    let mut read: Vec<(String, String)> = Vec::new();
    for (name, text) in parse_parameters(query)? {
        // An undeclared parameter, for example of a campaign, may be repeated.
        let doubled = read.iter().any(|(earlier, _)| *earlier == name);
        let names = |field: &&FieldInfo| field.name == name || field.aliases.contains(&&*name);
        if let Some(field) = declared.iter().find(names)
            && read.iter().any(|(earlier, _)| field.name == earlier || field.aliases.contains(&&**earlier))
        {
            return Err(QueryError::Duplicate);
        }
        if !doubled {
            read.push((name, text));
        }
    }
    let fields = Fields::from_texts(read).ok_or(QueryError::Duplicate)?;
    R::made_of(Arrived::new(Received::from_fields(fields))).map_err(QueryError::Field)
}
