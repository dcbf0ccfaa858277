//! The members of an outer message while it is read, which costs the same for each member, whatever the sender repeats.

use std::borrow::Cow;

use ottpay_vocabulary::wire::SEALED_MEMBERS;

use super::content::{CODE, Content, Reading};
use super::message_error::MessageError;
use super::reader::MAX_MEMBERS;

/// Name and content of each member.
pub(super) type Members<'a> = Vec<(Cow<'a, str>, Content<'a>)>;

/// How many members are read strictly: `data`, `md5`, the response code under each of its names, and the merchant.
const STRICT: usize = SEALED_MEMBERS.len() + CODE.len() + 1;

/// What has been read so far. Nothing in it is verified.
pub(super) struct Collected<'a> {
    members: Members<'a>,
    /// Where the strict members are: a duplicate is not looked for among the others.
    strict: [Option<usize>; STRICT],
}

impl<'a> Collected<'a> {
    pub(super) fn with_capacity(members: usize) -> Self {
        Self { members: Vec::with_capacity(members), strict: [None; STRICT] }
    }

    /// Adds a member. A strict one that was there before is faulty. Of the members that anybody may write beside the
    /// strict ones, no more are kept than any message has.
    pub(super) fn add(&mut self, name: Cow<'a, str>, reading: Reading, content: Content<'a>) {
        if !reading.is_strict() {
            if self.members.len() < MAX_MEMBERS {
                self.members.push((name, content));
            }
            return;
        }
        for place in &mut self.strict {
            let Some(at) = *place else {
                *place = Some(self.members.len());
                break;
            };
            match self.members.get_mut(at) {
                Some((earlier, content)) if *earlier == name => {
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
