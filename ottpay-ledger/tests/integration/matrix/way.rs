//! Carries one request to the sandbox and its reply back, with the fault that is armed.

use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU16, AtomicU32, Ordering};

use ottpay::SignKey;
use ottpay::spec::ActionInfo;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::watch;

use super::alter::alter;
use super::fault::OnWire;
use super::message::{Reply, Request};

pub(crate) struct Way {
    /// The port of the sandbox; 0 if there is none.
    pub(crate) target: AtomicU16,
    pub(crate) armed: Mutex<Option<Armed>>,
    /// The operations that the arrived requests asked for.
    pub(crate) seen: Mutex<Vec<String>>,
    pub(crate) struck: AtomicU32,
    /// Whether replies that are held may continue.
    pub(crate) is_released: watch::Sender<bool>,
    pub(crate) key: SignKey,
}

#[derive(Clone, Copy)]
pub(crate) struct Armed {
    pub(crate) on: OnWire,
    /// The operation to whose request it happens.
    pub(crate) wire_name: &'static str,
    pub(crate) info: &'static ActionInfo,
}

const PAGE: &[u8] = b"<html><body><h1>not the gateway</h1></body></html>";

impl Way {
    fn see(&self, request: &Request) {
        self.seen.lock().unwrap().push(request.wire_name.clone());
    }

    pub(crate) fn strike(&self) {
        self.struck.fetch_add(1, Ordering::SeqCst);
    }

    /// Carries the request of a connection, unless the armed fault prevents it.
    pub(crate) async fn carry(&self, mut client: TcpStream) -> io::Result<()> {
        let armed = *self.armed.lock().unwrap();
        if let Some(armed) = armed
            && matches!(armed.on, OnWire::ResetUnread | OnWire::ResetWithinRequest)
        {
            // Earlier, the sender might not have connected yet, and nothing would have been sent.
            let Some(request) = Request::peek(&client).await? else { return Ok(()) };
            if request.wire_name == armed.wire_name {
                self.see(&request);
                self.strike();
                if armed.on == OnWire::ResetWithinRequest {
                    let _ = client.read(&mut [0; 40]).await?;
                }
                return client.set_zero_linger();
            }
        }
        let Some(request) = Request::read(&mut client).await? else { return Ok(()) };
        self.see(&request);
        let armed = armed.filter(|armed| armed.wire_name == request.wire_name);
        let on = armed.map(|armed| armed.on);
        if on.is_some() {
            self.strike();
        }
        match on {
            Some(OnWire::ClosedBefore) => return Ok(()),
            Some(OnWire::SilentBefore) => return hold(client).await,
            Some(OnWire::NotFound) => return answer(&mut client, "404 Not Found", "text/html", PAGE).await,
            _ => {}
        }
        let reply = Reply::split(request.send_on(self.target.load(Ordering::SeqCst)).await?)?;
        let (Some(on), Some(armed)) = (on, armed) else { return client.write_all(&reply.whole()).await };
        let half = reply.body.len() / 2;
        match on {
            OnWire::Held => {
                let _ = self.is_released.subscribe().wait_for(|is_released| *is_released).await;
                client.write_all(&reply.whole()).await
            }
            OnWire::Killed => {
                self.target.store(0, Ordering::SeqCst);
                Ok(())
            }
            OnWire::ResetAfter => client.set_zero_linger(),
            OnWire::ClosedAfter => Ok(()),
            OnWire::SilentAfter => hold(client).await,
            OnWire::SilentInHead => {
                client.write_all(&reply.head[..reply.head.len() / 2]).await?;
                hold(client).await
            }
            OnWire::SilentInBody | OnWire::Truncated => {
                client.write_all(&reply.head).await?;
                client.write_all(&reply.body[..half]).await?;
                client.flush().await?;
                if on == OnWire::SilentInBody { hold(client).await } else { Ok(()) }
            }
            OnWire::BadGateway => answer(&mut client, "502 Bad Gateway", "text/html", PAGE).await,
            OnWire::SealedBadRequest => answer(&mut client, "400 Bad Request", "application/json", &reply.body).await,
            OnWire::SealedUnavailable => {
                answer(&mut client, "503 Service Unavailable", "application/json", &reply.body).await
            }
            altering => match alter(altering, &reply.body, &self.key, armed.info) {
                Some(body) => answer(&mut client, "200 OK", "application/json", &body).await,
                // The case finds that nothing has gone wrong.
                None => {
                    self.struck.fetch_sub(1, Ordering::SeqCst);
                    client.write_all(&reply.whole()).await
                }
            },
        }
    }
}

/// Waits until the peer gives up.
async fn hold(mut client: TcpStream) -> io::Result<()> {
    while client.read(&mut [0; 64]).await? > 0 {}
    Ok(())
}

async fn answer(client: &mut TcpStream, status: &str, kind: &str, body: &[u8]) -> io::Result<()> {
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
    client.write_all(&[head.as_bytes(), body].concat()).await?;
    client.shutdown().await
}
