//! The recipe of `Ledger::accept` for actix-web.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, ServiceConfig};
use ottpay_ledger::Ledger;

async fn hook(ledger: web::Data<Ledger>, body: web::Bytes) -> HttpResponse {
    let answer = ledger.accept(&body).await;
    let status = StatusCode::from_u16(answer.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    HttpResponse::build(status).content_type(answer.content_type()).body(answer.body().to_owned())
}

/// `App::new().configure(routes(ledger))`
pub fn routes(ledger: Ledger) -> impl FnOnce(&mut ServiceConfig) {
    |app| _ = app.app_data(web::Data::new(ledger)).route("/ottpay", web::post().to(hook))
}
