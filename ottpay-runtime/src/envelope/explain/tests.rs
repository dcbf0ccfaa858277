//! Explaining agrees with opening and keeps secrets.

mod agreement;
