//! The wire to the gateway, at which each request waits.

use ottpay::spec::Effect;
use ottpay::transport::{BoxFuture, HttpRequest, HttpResponse, Transport, TransportError};

use super::gateway::{Request, refuse};
use super::invariant::Invariant;
use super::point::{Outcome, Point};
use super::shared::Shared;

pub(crate) struct Wire(pub(crate) Shared);

impl Transport for Wire {
    fn post(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        let opened = Request::open(&request.body);
        Box::pin(async move {
            let reply = match request.effect {
                Effect::Write => self.write(&opened).await,
                _ => self.query(&opened).await,
            };
            reply.map(|body| HttpResponse { status: 200, body })
        })
    }
}

impl Wire {
    async fn write(&self, request: &Request) -> Result<Vec<u8>, TransportError> {
        let id = &request.id;
        let outcome = self.0.wait(Point::Write(id.clone())).await;
        if outcome == Outcome::NotSent {
            return Err(TransportError::not_sent("refused connection"));
        }
        let mut inner = self.0.lock();
        let noted = inner.database.number("SELECT COUNT(*) FROM ottpay_orders WHERE id = $1", &[(&**id).into()]);
        inner.checks.check(Invariant::NotedBeforeSent, noted == Some(1), || format!("{id} is not noted"));
        let before = inner.gateway.arrivals.get(id).copied().unwrap_or(0);
        inner.checks.check(Invariant::SentOnce, before == 0, || format!("{id} was sent before"));
        if outcome == Outcome::Refused {
            return Ok(refuse("PARAM_ERROR"));
        }
        *inner.gateway.arrivals.entry(id.clone()).or_default() += 1;
        if outcome == Outcome::LostRequest {
            return Err(TransportError::lost("reset"));
        }
        let reply = inner.gateway.carry_out(request);
        inner.tell(&reply);
        if outcome == Outcome::LostReply { Err(TransportError::lost("reset")) } else { Ok(reply) }
    }

    async fn query(&self, request: &Request) -> Result<Vec<u8>, TransportError> {
        let outcome = self.0.wait(Point::Query(request.id.clone())).await;
        let mut inner = self.0.lock();
        inner.watch.to_ask.remove(&request.id);
        if outcome != Outcome::Goes {
            return Err(TransportError::lost("reset"));
        }
        let reply = inner.gateway.answer(request);
        let order = inner.gateway.orders.get(&request.id).cloned();
        inner.tell(order);
        Ok(reply)
    }
}
