//! How a finished request is sent.

use super::connection::Client;
use super::underway::Underway as _;
use crate::request::Request;

impl Client {
    /// Sends a finished request when the result is awaited, and not before. A write returns
    /// [`Sending`](super::Sending), a read [`Asking`](super::Asking).
    ///
    /// A request made by another merchant's client is rejected, because it may name that merchant:
    /// [`Error::Invalid`](crate::Error::Invalid).
    pub fn send<R: Request>(&self, request: &R) -> R::Sending {
        let values = request.values();
        R::Sending::prepare(
            self.clone(),
            values.info(),
            values.check_sender(self.merchant_id()).map(|()| values.clone()),
        )
    }
}
