//! HTTP around the engine.

mod connections;
mod control;
mod disconnect;
mod gateway;
mod guard;
mod pages;
mod places;
mod routes;
mod site;

pub(crate) use connections::serve;
