//! How a finished request is sent.

use super::connection::Client;
use super::underway::Underway as _;
use crate::request::Request;

impl Client {
    /// Sends a finished request. Nothing happens until the result is awaited. A write gives
    /// [`Sending`](super::Sending), a read [`Asking`](super::Asking).
    ///
    /// A request that the client of another merchant has made is not sent, because it may name that merchant:
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
