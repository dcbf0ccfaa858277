//! The members of an outer message while it is read. Adding one has a constant cost, even if the sender repeats it.

use std::borrow::Cow;

use super::content::{Content, Reading, STRICT};
use super::message_error::MessageError;
use super::reader::MAX_MEMBERS;

/// Name and content of each member.
pub(super) type Members<'a> = Vec<(Cow<'a, str>, Content<'a>)>;

/// The members read so far. Nothing in them is verified.
pub(super) struct Collected<'a> {
    members: Members<'a>,
    /// The indices of the strict members, so that a duplicate is found without searching the others.
    strict: [Option<usize>; STRICT],
}

impl<'a> Collected<'a> {
    pub(super) fn with_capacity(members: usize) -> Self {
        Self { members: Vec::with_capacity(members), strict: [None; STRICT] }
    }

    /// Adds a member. A duplicate of a strict member makes it faulty. The number of other members is limited.
    pub(super) fn add(&mut self, name: Cow<'a, str>, reading: Reading, content: Content<'a>) {
        if !reading.is_strict() {
            if self.members.len() < MAX_MEMBERS {
                self.members.push((name, content));
            }
            return;
        }
        // There are as many places as strict names, so one is free for a name that is new.
        for place in &mut self.strict {
            let Some(at) = *place else {
                *place = Some(self.members.len());
                break;
            };
            match self.members.get_mut(at) {
                Some((earlier, content)) if *earlier == name => {
                    // It is not defined which of the two counts, so neither does.
                    *content = Content::Faulty(MessageError::DuplicateMember);
                    return;
                }
                _ => {}
            }
        }
        self.members.push((name, content));
    }

    pub(super) fn into_members(self) -> Members<'a> {
        self.members
    }
}
